from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from billing.models import Merchant
from tests.factories import make_merchant
from tests.invoices.webhooks.receiver import Receiver


@pytest.fixture
def merchant(settings: Any) -> Merchant:
    settings.GATEWAY_ALLOW_PRIVATE = True
    return make_merchant()


@pytest.fixture
def receiver(merchant: Merchant, httpserver: HTTPServer) -> Receiver:
    return Receiver(httpserver, merchant)
