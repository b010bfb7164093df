"""A merchant's logo is drawn anew, small, from whatever picture staff upload; everything else is refused."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image, ImageFile, PngImagePlugin

from billing.models import Event, Logo, Merchant
from billing.services.logos import LONGEST_SIDE, MOST_STORED, MOST_UPLOADED, LogoRefused, remove_logo, set_logo
from tests.factories import make_merchant

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def picture(width: int = 400, height: int = 200, *, format: str = "PNG", mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), "teal").save(file, format)
    return file.getvalue()


def noise(width: int, height: int) -> bytes:
    """What compresses worst."""
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height)).save(file, "PNG")
    return file.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def upload(merchant: Merchant, content: bytes) -> Logo:
    return set_logo(merchant=merchant, content=content, actor="user:7", now=NOON)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_becomes_a_small_png(merchant: Merchant, format: str) -> None:
    upload(merchant, picture(format=format))

    logo = Logo.objects.get(merchant=merchant)
    with Image.open(io.BytesIO(logo.image)) as stored:
        assert (stored.format, stored.size) == ("PNG", (160, 80))
    assert (logo.width, logo.height, logo.media_type, logo.uploaded_at) == (160, 80, "image/png", NOON)
    assert logo.digest == hashlib.sha256(logo.image).hexdigest()
    assert list(Event.objects.values_list("name", "actor")) == [("logo_set", "user:7")]


def test_a_small_one_is_not_made_larger(merchant: Merchant) -> None:
    logo = upload(merchant, picture(40, 30))

    assert (logo.width, logo.height) == (40, 30)


def test_what_is_transparent_stays_so(merchant: Merchant) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(file, "PNG")

    logo = upload(merchant, file.getvalue())

    with Image.open(io.BytesIO(logo.image)) as stored:
        assert stored.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_the_hardest_picture_still_fits_the_page(merchant: Merchant) -> None:
    logo = upload(merchant, noise(LONGEST_SIDE, LONGEST_SIDE))

    assert len(logo.image) <= MOST_STORED


def test_nothing_of_the_file_survives_but_the_picture(merchant: Merchant) -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "<script>alert(1)</script>")
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "teal").save(file, "PNG", pnginfo=told)

    logo = upload(merchant, file.getvalue() + b"<?php hidden ?>")

    assert b"script" not in bytes(logo.image)
    assert b"hidden" not in bytes(logo.image)


def test_a_photograph_taken_sideways_stands_upright(merchant: Merchant) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    file = io.BytesIO()
    Image.new("RGB", (100, 50), "teal").save(file, "JPEG", exif=exif)

    logo = upload(merchant, file.getvalue())

    assert (logo.width, logo.height) == (50, 100)


def test_a_second_one_takes_the_place_of_the_first(merchant: Merchant) -> None:
    first = upload(merchant, picture(40, 30)).digest

    second = upload(merchant, picture(30, 40)).digest

    assert Logo.objects.get().digest == second != first


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="text"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', id="SVG"),
        pytest.param(b"%PDF-1.7", id="PDF"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="PostScript, which would be run"),
        pytest.param(picture(format="BMP"), id="a picture of another kind"),
        pytest.param(picture()[:60], id="cut off"),
        pytest.param(png_of_size(60_000, 60_000), id="a bomb"),
        pytest.param(png_of_size(4001, 4000), id="more pixels than are decoded"),
        pytest.param(png_of_size(100, 100), id="less than it claims"),
        pytest.param(picture() + b"\0" * MOST_UPLOADED, id="too long"),
    ],
)
def test_everything_else_is_refused_and_the_old_logo_stays(
    merchant: Merchant, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = upload(merchant, picture()).digest
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as printing PDFs leaves it in a process

    with pytest.raises(LogoRefused):
        set_logo(merchant=merchant, content=content, actor="user:7", now=NOON + timedelta(days=1))

    assert (Logo.objects.get().digest, Event.objects.count()) == (kept, 1)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_damaged_file_is_a_picture_or_refused_and_never_a_fault(merchant: Merchant, format: str) -> None:
    whole, chance = picture(64, 64, format=format), random.Random(7)

    for _ in range(60):
        damaged = bytearray(whole)
        for place in chance.sample(range(len(whole)), 3):
            damaged[place] = chance.randrange(256)
        with suppress(LogoRefused):
            upload(merchant, bytes(damaged[: chance.choice((None, chance.randrange(len(damaged))))]))

    assert Logo.objects.count() <= 1


def test_a_logo_is_taken_out(merchant: Merchant) -> None:
    upload(merchant, picture())

    remove_logo(merchant=merchant, actor="user:7")
    remove_logo(merchant=merchant, actor="user:7")

    assert not Logo.objects.exists()
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == ["logo_set", "logo_removed"]
