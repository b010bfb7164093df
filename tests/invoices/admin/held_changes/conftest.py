"""A merchant where a second person says yes to what lowers a debt by more than thirty."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.models import Bill, Merchant, Role
from tests.factories import make_bill, make_merchant
from tests.staff import make_staff, signed_in


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", second_person_above=Decimal(30))


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


@pytest.fixture
def bill(merchant: Merchant) -> Bill:
    return make_bill(merchant, amount=Decimal(100))
