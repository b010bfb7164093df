from __future__ import annotations

import pytest

from invoices.sandbox.accounts import new_account_credentials, register_account
from invoices.sandbox.models import SandboxAccount


def test_new_credentials_fit_the_cipher_and_differ() -> None:
    made = [new_account_credentials() for _ in range(20)]

    assert {(len(each.secret_key), len(each.iv_key), len(each.merchant_code)) for each in made} == {(32, 16, 6)}
    assert all((each.secret_key + each.iv_key).isascii() for each in made)
    assert len({each.secret_key for each in made}) == 20
    assert len({each.access_code for each in made}) == 20


@pytest.mark.django_db
def test_registering_again_updates_the_account() -> None:
    stated = {
        "merchant_code": "851000",
        "access_code": "a-code",
        "secret_key": "k" * 32,
        "iv_key": "i" * 16,
        "currency": "JOD",
        "webhook_url": "",
    }
    register_account(**stated, return_url="http://127.0.0.1:8000/one")

    register_account(**stated, return_url="http://127.0.0.1:8000/two")

    assert SandboxAccount.objects.get().return_url == "http://127.0.0.1:8000/two"
