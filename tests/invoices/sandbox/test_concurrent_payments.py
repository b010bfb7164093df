"""Two customers at once, and a payment beside a cancellation, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests

from invoices.sandbox.models import SandboxInvoice, SandboxTransaction
from tests.invoices.sandbox.merchant import Merchant

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_tabs_pay_once(live_server: Any) -> None:
    token = Merchant().created()["token"]
    tabs = [_open_tab(live_server.url, token) for _ in range(6)]

    _at_once(tabs)

    assert SandboxTransaction.objects.count() == 1
    assert SandboxInvoice.objects.get().status == 1


def test_an_invoice_is_paid_or_cancelled_never_both(live_server: Any) -> None:
    for _ in range(5):
        token = Merchant().created()["token"]
        tab = _open_tab(live_server.url, token)

        _at_once([tab, partial(_cancel, live_server.url, token)])

        invoice = SandboxInvoice.objects.get(token=token)
        assert (invoice.status, invoice.transactions.count()) in [(1, 1), (3, 0)]


def _at_once(calls: Sequence[Callable[[], requests.Response]]) -> None:
    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        for future in [pool.submit(call) for call in calls]:
            assert future.result().status_code in (302, 200, 422)


def _open_tab(root: str, token: str) -> Callable[[], requests.Response]:
    """Loads the page; what it gives back presses the button."""
    session = requests.Session()
    page = session.get(f"{root}/sandbox/pay/{token}", timeout=10)
    form = {"choice": "pay", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    return partial(session.post, page.url, form, timeout=10, allow_redirects=False)


def _cancel(root: str, token: str) -> requests.Response:
    merchant = Merchant()
    sealed = merchant.seal({"merchantCode": "842217", "statusId": "3"})
    return requests.put(
        f"{root}/sandbox/api/v1/invoice/{token}", json={"data": sealed}, headers=merchant.headers, timeout=10
    )
