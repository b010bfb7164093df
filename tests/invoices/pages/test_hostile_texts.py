"""What merchants and strangers wrote is shown inert, and only as much of it as a customer needs."""

from __future__ import annotations

import pytest
from django.test import Client

from billing.models import Customer, Merchant
from invoices.pages.masking import mask_name
from tests.factories import make_bill
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, send_invoice

pytestmark = pytest.mark.django_db

SCRIPT = '<script>alert("1")</script>'


@pytest.mark.parametrize("language", ["en", "ar"])
def test_markup_is_text(client: Client, language: str) -> None:
    shop = make_shop(name_en=SCRIPT, name_ar=SCRIPT, help_phone='"><img src=x>')
    bill = owed_bill(shop, customer_name=SCRIPT, service_type=SCRIPT, description=SCRIPT)

    text = client.get(page_of(bill) + f"?lang={language}").content.decode()

    assert [tag for tag in text.split("<script")[1:] if not tag.startswith(' src="/static/')] == []
    assert "<img" not in text
    assert "&lt;script&gt;" in text


def test_the_language_parameter_is_never_printed(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(owed_bill(shop)) + '?lang="><b>').content.decode()

    assert "<b>" not in text


def test_texts_choose_their_own_direction(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(owed_bill(shop, service_type="فاتورة المياه"))).content.decode()

    assert '<h1 class="title"><bdi lang="ar">فاتورة المياه</bdi></h1>' in text


def test_name_and_phone_are_masked_and_the_rest_is_absent(client: Client, shop: Merchant) -> None:
    bill = make_bill(
        shop,
        customer_name="Layla Haddad",
        customer_phone="0790123456",
        customer_email="layla@example.com",
        customer_national_id="9876543210",
        customer_address="Rainbow Street 12",
        notes="pays late",
    )
    send_invoice(bill)

    text = client.get(page_of(bill)).content.decode()

    assert "L••• H•••" in text
    assert '<bdi dir="ltr">07•••••456</bdi>' in text
    assert Customer.objects.get().national_id == "9876543210"
    for secret in ("Layla", "Haddad", "0790123456", "790123456", "layla@", "9876543210", "Rainbow", "pays late"):
        assert secret not in text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Layla Haddad", "L••• H•••"),
        ("ليلى حداد", "ل••• ح•••"),
        ("  Layla   ", "L•••"),
        ("a b c d e", "a••• b••• c•••"),
        ("(Layla) -Haddad", "L••• H•••"),
        ("\u202eevil", "e•••"),
        ("<script>", "s•••"),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_letters(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_a_long_description_is_cut(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(owed_bill(shop, description="&" * 2000))).content.decode()

    assert text.count("&amp;") < 450
