"""Issuing a key on the screen, seeing it once, and revoking it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import ApiKey, Event, Role
from billing.services import InvalidApiKey, authenticate_api_key
from tests.factories import make_api_key, make_merchant
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

LIST = "/admin/billing/apikey/"


def test_a_new_key_is_shown_once_and_works() -> None:
    merchant = make_merchant()
    owner = signed_in(make_staff(merchant))

    response = owner.post(f"{LIST}add/", {"merchant": merchant.pk, "label": "ERP", "expires_on": ""})

    plaintext = response.context["plaintext"]
    page = response.content.decode()
    assert plaintext in page
    assert "no-store" in response["Cache-Control"]
    api_key = authenticate_api_key(username="razzbery", plaintext=plaintext, now=timezone.now())
    assert (api_key.label, api_key.expires_at) == ("ERP", None)
    for url in (LIST, f"{LIST}{api_key.pk}/change/", f"{LIST}{api_key.pk}/history/", f"{LIST}add/"):
        again = owner.get(url).content.decode()
        assert plaintext not in again
        assert api_key.digest not in again


def test_issuing_is_in_the_log_without_the_key() -> None:
    merchant = make_merchant()
    user = make_staff(merchant)

    response = signed_in(user).post(f"{LIST}add/", {"merchant": merchant.pk, "label": "ERP"})

    event = Event.objects.get(subject=Event.Subject.API_KEY)
    assert (event.name, event.actor) == ("issued", f"user:{user.pk}")
    assert response.context["plaintext"] not in str(event.details)


def test_the_last_day_of_a_key_ends_where_the_merchant_is() -> None:
    merchant = make_merchant()
    last_day = merchant.local_date(timezone.now()) + timedelta(days=30)

    signed_in(make_staff(merchant)).post(
        f"{LIST}add/", {"merchant": merchant.pk, "label": "ERP", "expires_on": last_day.isoformat()}
    )

    expires_at = ApiKey.objects.get().expires_at
    assert expires_at is not None
    assert merchant.local_date(expires_at) == last_day
    assert merchant.local_date(expires_at + timedelta(seconds=1)) == last_day + timedelta(days=1)


def test_a_day_that_has_passed_issues_nothing() -> None:
    merchant = make_merchant()

    response = signed_in(make_staff(merchant)).post(
        f"{LIST}add/", {"merchant": merchant.pk, "label": "ERP", "expires_on": "2020-01-01"}
    )

    assert "expires_on" in response.context["form"].errors
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_refused_at_once() -> None:
    merchant = make_merchant()
    plaintext = make_api_key(merchant)
    api_key = ApiKey.objects.get()

    response = signed_in(make_staff(merchant)).post(f"{LIST}{api_key.pk}/do/revoke/", follow=True)

    assert told(response) == [f"The key {api_key.prefix} is revoked."]
    with pytest.raises(InvalidApiKey):
        authenticate_api_key(username="razzbery", plaintext=plaintext, now=timezone.now())


def test_a_key_is_never_deleted() -> None:
    merchant = make_merchant()
    make_api_key(merchant)

    response = signed_in(make_staff(merchant)).post(f"{LIST}{ApiKey.objects.get().pk}/delete/", {"post": "yes"})

    assert response.status_code == 403
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_owners_issue_keys(role: Role) -> None:
    merchant = make_merchant()
    somebody = signed_in(make_staff(merchant, role))

    assert somebody.get(f"{LIST}add/").status_code == 403
    assert somebody.post(f"{LIST}add/", {"merchant": merchant.pk, "label": "x"}).status_code == 403
    assert not ApiKey.objects.exists()
