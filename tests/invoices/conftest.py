"""A merchant whose gateway is the sandbox, over real HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing.models import Merchant
from invoices.models import Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from tests.factories import make_bill, make_merchant
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox


@pytest.fixture
def policy() -> GatewayPolicy:
    return GatewayPolicy.from_settings()


@pytest.fixture
def sandbox_settings(settings: Any, live_server: Any) -> Any:
    settings.PUBLIC_BASE_URL = live_server.url
    settings.GATEWAY_DEADLINE = 2.0
    settings.GATEWAY_LEASE = 30.0
    settings.GATEWAY_LEASE_MARGIN = 2.0
    return settings


@pytest.fixture
def shop(sandbox_settings: Any, live_server: Any) -> SandboxedMerchant:
    """A merchant connected to the sandbox gateway, which listens on `live_server`."""
    merchant: Merchant = make_merchant("razzbery")
    return connect_to_sandbox(merchant, base_url=live_server.url)


@pytest.fixture
def sent(shop: SandboxedMerchant, sandbox_settings: Any) -> Invoice:
    """An invoice over 100.000 that the sandbox gateway has, however busy this machine is."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    make_bill(shop.merchant, amount=Decimal("100.000"))
    shop.issue()
    shop.push()
    return Invoice.objects.get()


@pytest.fixture
def unknown(shop: SandboxedMerchant, sandbox_settings: Any) -> Invoice:
    """An invoice over 100.000 that the sandbox gateway has, though its answer was lost."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    make_bill(shop.merchant, amount=Decimal("100.000"))
    shop.issue()
    shop.fault(FaultKind.DROPPED, count=1)
    shop.push()
    return Invoice.objects.get()
