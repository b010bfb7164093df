"""Money left over from one bill, and another bill of the same customer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.models import Bill, Merchant, User
from invoices.models import Payment
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import take
from tests.staff import make_staff


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal("50.000"), sends_receipts=True)


@pytest.fixture
def cashier(merchant: Merchant) -> User:
    return make_staff(merchant, username="asks")


@pytest.fixture
def manager(merchant: Merchant) -> User:
    return make_staff(merchant, username="approves")


@pytest.fixture
def surplus(merchant: Merchant) -> Payment:
    """200 came for a bill over 100."""
    payment = take(make_bill(merchant, amount=Decimal(100)), "100")
    Payment.objects.update(amount=Decimal(200), review_reason="OVERPAID")
    return Payment.objects.get(pk=payment.pk)


@pytest.fixture
def bill(merchant: Merchant) -> Bill:
    return make_bill(merchant, amount=Decimal(40), service_type="Gas")
