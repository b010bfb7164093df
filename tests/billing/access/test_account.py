"""A person's own account: what it tells."""

from __future__ import annotations

import pytest

from billing.models import Membership, Role
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

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
