from __future__ import annotations

import pytest

from billing.models import Merchant
from tests.invoices.pages.documents import make_shop


@pytest.fixture
def shop(db: None) -> Merchant:
    """In place of the sandbox's: documents only show what the ledger holds."""
    return make_shop()
