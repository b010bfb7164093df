"""What a gateway holds and a restored database has forgotten; what cannot be asked about is not taken for absent."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from tests.factories import make_merchant
from tests.infrastructure.ports import free_port
from tests.invoices.sandbox_account import connect_to_sandbox


@pytest.mark.django_db
def test_a_gateway_that_cannot_be_asked_is_named_and_the_command_fails() -> None:
    merchant = make_merchant("razzbery")
    connect_to_sandbox(merchant, base_url=f"http://127.0.0.1:{free_port()}")
    out = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("after_restore", "--since", "2025-12-01", stdout=out)

    assert ended.value.code == 1
    assert f"{merchant.username}: could not be asked to the end" in out.getvalue()
    assert "0 forgotten, 1 to see to" in out.getvalue()
