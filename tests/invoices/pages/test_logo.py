"""The address of a merchant's logo: kept for ever by browsers, and by nobody's script."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from billing.models import Logo, Merchant
from billing.services.logos import remove_logo, set_logo
from invoices.pages.letterhead import letterhead_of
from tests.factories import make_merchant

pytestmark = pytest.mark.django_db


def picture(colour: str = "teal") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return file.getvalue()


def logo_address(merchant: Merchant) -> str:
    """As pages name it."""
    return letterhead_of(Merchant.objects.get(pk=merchant.pk), "en").logo


@pytest.fixture
def logo() -> Logo:
    return set_logo(merchant=make_merchant(), content=picture(), actor="user:7", now=timezone.now())


def test_it_is_served_as_a_picture_and_nothing_else(client: Client, logo: Logo) -> None:
    response = client.get(logo_address(logo.merchant))

    assert (response.status_code, response.content) == (200, bytes(logo.image))
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert not response.cookies


def test_another_picture_has_another_address(client: Client, logo: Logo) -> None:
    before = logo_address(logo.merchant)

    set_logo(merchant=logo.merchant, content=picture("navy"), actor="user:7", now=timezone.now())

    after = logo_address(logo.merchant)
    assert after != before
    assert (client.get(before).status_code, client.get(after).status_code) == (404, 200)


def test_without_a_logo_there_is_no_address(client: Client, logo: Logo) -> None:
    address = logo_address(logo.merchant)

    remove_logo(merchant=logo.merchant, actor="user:7")

    assert logo_address(logo.merchant) == ""
    assert client.get(address).status_code == 404


def test_it_is_found_under_no_other_merchant(client: Client, logo: Logo) -> None:
    make_merchant("stranger")

    assert client.get(f"/stranger/logo/{logo.digest}").status_code == 404


@pytest.mark.parametrize("digest", ["", "0" * 64, "0" * 63, "A" * 64, "../" + "0" * 61, "0" * 64 + "/"])
def test_a_wrong_address_is_not_found(client: Client, logo: Logo, digest: str) -> None:
    assert client.get(f"/razzbery/logo/{digest}").status_code == 404
