from __future__ import annotations

import pytest

from invoices.sandbox.accounts import AccountCredentials, new_account_credentials, register_account
from tests.invoices.sandbox.merchant import Merchant


@pytest.fixture
def merchant(db: None) -> Merchant:
    """The published sandbox pair, without any set-up."""
    return Merchant()


@pytest.fixture
def stranger(db: None) -> Merchant:
    """Another account of the same gateway."""
    return Merchant(make_account())


def make_account(**changes: str) -> AccountCredentials:
    credentials = new_account_credentials()
    stated = {"currency": "JOD", "return_url": "", "webhook_url": ""} | changes
    register_account(
        merchant_code=credentials.merchant_code,
        access_code=credentials.access_code,
        secret_key=credentials.secret_key,
        iv_key=credentials.iv_key,
        **stated,
    )
    return credentials
