"""
A merchant's logo: whatever staff upload is drawn anew, small, as a PNG of our own making.

So nothing of the file survives but its picture: no metadata, no script, no second format hidden behind the first.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from billing.errors import DomainError
from billing.models import Event, Logo, Merchant
from billing.services.events import record_event

MOST_UPLOADED: Final = 5 * 1024 * 1024  # bytes
MOST_PIXELS: Final = 16_000_000  # before it is made small, four bytes of memory each
LONGEST_SIDE: Final = 160
MOST_STORED: Final = 12 * 1024  # bytes: the whole page has 50 KB
MEDIA_TYPE: Final = "image/png"
# Only these decoders ever see the file; SVG is a program, not a picture.
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_SHADES: Final = (128, 64, 32, 16, 8)
# What a decoder raises at a hostile file is not to be foreseen: these are what Pillow's are known to.
_DECODING_FAILED: Final = (
    *(UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError),
    *(IndexError, KeyError, TypeError, ArithmeticError, struct.error, zlib.error),
)


class LogoRefused(DomainError):
    code = "LOGO_REFUSED"
    message = gettext_noop("This is no picture that can be used. Upload a PNG, JPEG, WebP or GIF of at most 5 MB.")


@transaction.atomic
def set_logo(*, merchant: Merchant, content: bytes, actor: str, now: datetime) -> Logo:
    """
    The merchant's logo from now on, at most 160 pixels wide and high.

    :raises LogoRefused: it is no such picture, or too large
    """
    picture = draw_logo(content)
    image = _encode(picture)
    values = {
        "image": image,
        "media_type": MEDIA_TYPE,
        "digest": hashlib.sha256(image).hexdigest(),
        "width": picture.width,
        "height": picture.height,
        "uploaded_at": now,
    }
    logo, _ = Logo.objects.update_or_create(merchant=merchant, defaults=values)
    _record(merchant, "logo_set", actor)
    return logo


@transaction.atomic
def remove_logo(*, merchant: Merchant, actor: str) -> None:
    """Pages show the name alone again; without a logo nothing happens."""
    removed, _ = Logo.objects.filter(merchant=merchant).delete()
    if removed:
        _record(merchant, "logo_removed", actor)


def draw_logo(content: bytes) -> Image.Image:
    """:raises LogoRefused: its size is looked at before anything is decoded"""
    if len(content) > MOST_UPLOADED:
        raise LogoRefused
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # who prints PDFs sets it for the whole process
        with Image.open(io.BytesIO(content), formats=_FORMATS) as file:
            if file.width * file.height > MOST_PIXELS:
                raise LogoRefused
            file.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
            picture = ImageOps.exif_transpose(file).convert("RGBA")
    except _DECODING_FAILED as problem:
        raise LogoRefused from problem
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def _encode(picture: Image.Image) -> bytes:
    """In as many colours as fit the size: photographs get fewer, drawings keep all they have."""
    encoded = _png(picture)
    for shades in _SHADES:
        if len(encoded) <= MOST_STORED:
            break
        encoded = _png(picture.quantize(shades, method=Image.Quantize.FASTOCTREE))
    return encoded


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _record(merchant: Merchant, name: str, actor: str) -> None:
    record_event(
        merchant_id=merchant.pk, subject=Event.Subject.MERCHANT, subject_id=merchant.pk, name=name, actor=actor
    )
