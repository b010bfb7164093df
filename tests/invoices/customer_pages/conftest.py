from __future__ import annotations

import pytest

from billing.models import Customer, Merchant
from tests.invoices.customer_pages.dues import three_dues
from tests.invoices.pages.documents import make_shop


@pytest.fixture
def shop(db: None) -> Merchant:
    """In place of the sandbox's: these pages only show what the ledger holds."""
    return make_shop()


@pytest.fixture
def customer(shop: Merchant) -> Customer:
    """Owes an overdue bill, an installment due today and a bill due in three days."""
    return three_dues(shop)
