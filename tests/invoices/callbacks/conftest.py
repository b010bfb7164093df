from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Invoice
from tests.factories import make_bill
from tests.invoices.sandbox_account import SandboxedMerchant


@pytest.fixture
def sent(shop: SandboxedMerchant, sandbox_settings: Any) -> Invoice:
    """An invoice over 150.500 that the sandbox gateway has, however busy this machine is."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    make_bill(shop.merchant, amount=Decimal("150.500"))
    shop.issue()
    shop.push()
    return Invoice.objects.get()
