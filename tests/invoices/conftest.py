"""A merchant whose gateway is the sandbox, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Merchant
from invoices.policy import GatewayPolicy
from tests.factories import make_merchant
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
