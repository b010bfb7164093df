"""Documents are made of our own files alone, whatever their texts ask for."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from pytest_httpserver import HTTPServer

from billing.clock import database_now
from billing.models import Merchant
from billing.services.logos import set_logo
from invoices.documents.papers import invoice_paper, print_paper
from tests.invoices.documents.ledger import part_paid_bill
from tests.invoices.documents.reading import fonts_of, image_of, links_of, text_of

HOSTILE = "<img src='{0}'><link rel=stylesheet href='{0}'><style>@import url({0}); body{{background:url({0})}}</style>"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A picture on this machine's disk, all black."""
    path = tmp_path / "secret.png"
    Image.new("L", (400, 400), 0).save(path)
    return path


def test_addresses_in_a_document_are_never_fetched(httpserver: HTTPServer, secret: Path) -> None:
    from invoices.documents.printer import print_pdf

    httpserver.expect_request("/asked").respond_with_data(secret.read_bytes(), content_type="image/png")
    asked = [httpserver.url_for("/asked"), secret.as_uri(), f"own:/../{secret}", "own:/fonts/../../settings.py"]
    data = "data:image/png;base64," + base64.b64encode(secret.read_bytes()).decode()
    html = "<html><body>" + "".join(HOSTILE.format(address) for address in [*asked, data]) + "</body></html>"

    pdf = print_pdf(html, style="sheet.css", files={}, fits_content=False)

    assert httpserver.log == []
    assert image_of(pdf, dots_per_point=0.5).getextrema() == (255, 255)


def test_hostile_names_are_printed_as_they_are(shop: Merchant, httpserver: HTTPServer, secret: Path) -> None:
    httpserver.expect_request("/asked").respond_with_data(b"")
    shop.name_en = f"<img src='{httpserver.url_for('/asked')}'> & Sons"
    shop.save()
    bill, _ = part_paid_bill(
        shop, description=f"<object data='{secret.as_uri()}'></object>", service_type="</td>\u202ex"
    )

    pdf = print_paper(invoice_paper(bill, language="en", today=bill.due_date))

    assert httpserver.log == []
    text = text_of(pdf).replace("\n", "")
    assert "& Sons" in text
    assert "<object data=" in text
    assert "</td>" in text
    assert all("/razzbery/pay/" in link for link in links_of(pdf))


def test_a_logo_is_printed(shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)
    without = print_paper(invoice_paper(bill, language="ar", today=bill.due_date))
    picture = io.BytesIO()
    Image.new("RGB", (160, 80), (10, 10, 10)).save(picture, "PNG")
    set_logo(merchant=shop, content=picture.getvalue(), actor="user:1", now=database_now())

    pdf = print_paper(invoice_paper(bill, language="ar", today=bill.due_date))

    top_right = (380, 30, 560, 90)  # in points: where an Arabic letter begins
    assert _darkness(image_of(pdf).crop(_doubled(top_right))) > 5 * _darkness(
        image_of(without).crop(_doubled(top_right))
    )


def test_only_our_own_fonts_are_used_and_the_same_facts_are_the_same_bytes(shop: Merchant) -> None:
    bill, _ = part_paid_bill(shop)
    paper = invoice_paper(bill, language="ar", today=bill.due_date)

    pdf = print_paper(paper)

    assert fonts_of(pdf) == {"Own-Latin", "Own-Latin-Bold", "Own-Arabic", "Own-Arabic-Bold"}
    assert print_paper(paper) == pdf


def _doubled(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    left, upper, right, lower = box
    return 2 * left, 2 * upper, 2 * right, 2 * lower


def _darkness(image: Image.Image) -> int:
    return sum(image.histogram()[:80])
