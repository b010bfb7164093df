"""Whose it is need not be chosen by somebody who works for one merchant."""

from __future__ import annotations

import pytest

from billing.models import Membership, Role
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("screen", ["apikey", "invitation", "importfile", "webhookendpoint"])
def test_the_only_merchant_is_chosen_already_and_none_of_two(screen: str) -> None:
    merchant, second, strangers = (make_merchant(name) for name in ("mine", "second", "strangers"))
    owner = make_staff(merchant, Role.OWNER)
    address = f"/admin/billing/{screen}/add/"

    of_one = signed_in(owner).get(address).context["form"]["merchant"]
    Membership.objects.create(merchant=second, user=owner, role=Role.OWNER)
    of_two = signed_in(owner).get(address).context["form"]["merchant"]

    assert of_one.value() == merchant.pk
    assert of_two.value() is None
    assert set(of_two.field.queryset) == {merchant, second}
    assert strangers not in of_two.field.queryset
