"""A person's own account: what it tells, and changing one's own address."""

from __future__ import annotations

import pytest

from billing.models import Event, Membership, Role
from tests.billing.access.door import with_password
from tests.factories import make_merchant
from tests.staff import PASSWORD, make_staff, signed_in

pytestmark = pytest.mark.django_db

ACCOUNT, EMAIL = "/admin/account/", "/admin/account/email/"


def test_it_says_who_one_is_and_where_things_are_changed() -> None:
    mine, theirs = make_merchant("mine", name_en="Mine"), make_merchant("theirs", name_en="Theirs")
    make_merchant("strange", name_en="Strange")
    user = make_staff(mine, Role.CASHIER, username="rania", first_name="Rania", email="rania@example.com")
    Membership.objects.create(merchant=theirs, user=user, role=Role.VIEWER)

    page = signed_in(user).get(ACCOUNT)

    text = page.content.decode()
    assert page.context["roles"] == [("Mine", "Cashier"), ("Theirs", "Viewer")]
    assert "Strange" not in text
    for shown in ("Rania", "rania@example.com", EMAIL, "/admin/password_change/", "/admin/who-may/", 'value="ar"'):
        assert shown in text


def test_the_address_is_changed_with_the_password_only() -> None:
    user = with_password(make_staff(make_merchant(), email="old@example.com"))
    client = signed_in(user)

    refused = client.post(EMAIL, {"email": "new@example.com", "password": "wrong"})
    user.refresh_from_db()
    assert (list(refused.context["form"].errors), user.email) == (["password"], "old@example.com")
    assert not Event.objects.exists()

    client.post(EMAIL, {"email": "new@example.com", "password": PASSWORD})
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert Event.objects.get().name == "email_changed"
    assert client.get(ACCOUNT).status_code == 200
