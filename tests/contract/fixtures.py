"""Fixtures of the API's tests; each folder's conftest takes them."""

from __future__ import annotations

import pytest

from billing.models import Merchant
from tests.contract.api_client import ApiClient
from tests.factories import make_merchant


@pytest.fixture
def merchant(db: None) -> Merchant:
    return make_merchant()


@pytest.fixture
def api(merchant: Merchant) -> ApiClient:
    return ApiClient(merchant)
