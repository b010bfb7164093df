"""What customers see of a merchant, as its manager sets it: the logo, the number for WhatsApp, the switches."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from billing.models import Event, Logo, Merchant, Role
from tests.billing.admin.test_merchants import LIST, settings_of
from tests.factories import make_merchant
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), "teal").save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def save(client: Client, merchant: Merchant, **changes: Any) -> Any:
    return client.post(f"{LIST}{merchant.pk}/change/", settings_of(merchant, **changes))


def events() -> list[str]:
    return list(Event.objects.filter(subject=Event.Subject.MERCHANT).values_list("name", flat=True))


def test_a_manager_uploads_a_logo_and_sees_it(merchant: Merchant, manager: Client) -> None:
    response = save(manager, merchant, logo_file=picture())

    logo = Logo.objects.get(merchant=merchant)
    page = manager.get(f"{LIST}{merchant.pk}/change/").content.decode()
    assert (response.status_code, logo.width) == (302, 160)
    assert "data:image/png;base64," in page
    assert 'enctype="multipart/form-data"' in page
    assert events() == ["logo_set"]


def test_saving_other_settings_keeps_the_logo(merchant: Merchant, manager: Client) -> None:
    save(manager, merchant, logo_file=picture())

    save(manager, merchant, name_en="New name")

    assert Logo.objects.filter(merchant=merchant).exists()
    assert Merchant.objects.get().name_en == "New name"


def test_a_manager_takes_the_logo_out(merchant: Merchant, manager: Client) -> None:
    save(manager, merchant, logo_file=picture())

    save(manager, merchant, removes_logo="on")

    assert not Logo.objects.exists()
    assert events() == ["logo_set", "logo_removed"]


def test_what_is_no_picture_is_refused_and_nothing_is_saved(merchant: Merchant, manager: Client) -> None:
    drawing = SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png")

    response = save(manager, merchant, logo_file=drawing, name_en="New name")

    assert response.status_code == 200
    assert "no picture that can be used" in response.content.decode()
    assert (Logo.objects.exists(), Merchant.objects.get().name_en) == (False, merchant.name_en)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.CLERK, Role.VIEWER, Role.AUDITOR])
def test_others_see_the_logo_and_cannot_change_it(merchant: Merchant, manager: Client, role: Role) -> None:
    save(manager, merchant, logo_file=picture())
    digest = Logo.objects.get().digest
    somebody = signed_in(make_staff(merchant, role))

    page = somebody.get(f"{LIST}{merchant.pk}/change/")
    refused = save(somebody, merchant, removes_logo="on")

    assert (page.status_code, refused.status_code) == (200, 403)
    assert "data:image/png;base64," in page.content.decode()
    assert 'name="logo_file"' not in page.content.decode()
    assert Logo.objects.get().digest == digest


def test_another_merchants_manager_cannot_change_it(merchant: Merchant) -> None:
    stranger = signed_in(make_staff(make_merchant("stranger"), Role.OWNER))

    assert save(stranger, merchant, logo_file=picture()).status_code == 404
    assert not Logo.objects.exists()


def test_a_new_merchant_may_come_with_its_logo() -> None:
    form = settings_of(Merchant(), username="newcomer", name_en="Newcomer", currency="JOD", logo_file=picture())
    form |= {"bills_per_hour": 100, "subscriptions_per_hour": 100, "is_active": "on", "second_person_above": "0"}

    response = signed_in(make_administrator()).post(f"{LIST}add/", form)

    assert response.status_code == 302
    assert Logo.objects.get().merchant.username == "newcomer"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+962777839071", "+962777839071"),
        ("0777 839 071", "+962777839071"),
        ("00962-77-7839071", "+962777839071"),
        ("٠٧٧٧٨٣٩٠٧١", "+962777839071"),
        ("06 500 1234", "+96265001234"),
        ("+966 50 123 4567", "+966501234567"),
        ("", ""),
    ],
)
def test_the_number_for_whatsapp_is_kept_in_international_form(
    merchant: Merchant, manager: Client, typed: str, stored: str
) -> None:
    response = save(manager, merchant, help_whatsapp=typed)

    assert (response.status_code, Merchant.objects.get().help_whatsapp) == (302, stored)


@pytest.mark.parametrize("typed", ["12345", "call us", "+962 7 123", "+999123456789", "0777839071 ext. 5"])
def test_what_is_no_number_is_refused(merchant: Merchant, manager: Client, typed: str) -> None:
    response = save(manager, merchant, help_whatsapp=typed)

    assert "Enter a number in international form" in response.content.decode()
    assert Merchant.objects.get().help_whatsapp == ""


@pytest.mark.parametrize("name", ["shows_hijri_date", "asks_phone_digits", "sends_receipts"])
def test_each_switch_is_off_until_a_manager_turns_it_on(merchant: Merchant, manager: Client, name: str) -> None:
    assert getattr(merchant, name) is False

    save(manager, merchant, **{name: "on"})

    assert getattr(Merchant.objects.get(), name) is True
