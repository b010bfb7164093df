"""One page for every wrong link: nobody learns which merchants, bills or versions exist."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Bill, Merchant
from billing.payment_links import LinkKind, LinkTarget, sign_link
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, send_invoice
from tests.invoices.pages.gallery import due_installment

pytestmark = pytest.mark.django_db


@contextmanager
def no_queries() -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    assert len(queries) == 0


def steps_of(work: Callable[[], object]) -> int:
    """How many functions were called: what a stopwatch would measure, without the machine's noise."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    gc.disable()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls


@pytest.fixture
def bill(shop: Merchant) -> Bill:
    return owed_bill(shop)


def token_of(payable: Any) -> str:
    return page_of(payable).rpartition("/")[2]


def neutral(client: Client) -> bytes:
    page = client.get("/razzbery/pay/wrong")
    assert page.status_code == 404
    assert "This link does not work" in page.content.decode()
    return page.content


def test_the_right_link_works_with_and_without_a_slash(client: Client, bill: Bill) -> None:
    assert client.get(page_of(bill)).status_code == 200
    assert client.get(page_of(bill) + "/").status_code == 200


def test_every_forged_token_gets_the_same_bytes_and_no_query(client: Client, bill: Bill) -> None:
    right = token_of(bill)
    changed = right[:-1] + ("A" if right[-1] != "A" else "B")
    forged = [
        changed,
        right.upper(),
        right.lower(),
        right[:-1],
        right + "A",
        right + "//",
        right + "/x",
        "/" + right,
        right + "%00",
        right + "%0a",
        right + "%20",
        "%20" + right,
        "x" * 3000,
        "%F0%9F%92%B3",
        "%FF",
        "",
        "..%2f..",
        "1",
        "2",
        str(bill.pk),
        bill.public_id,
        bill.billing_no,
        bill.invoices.get().reference,
        bill.invoices.get().number,
    ]
    expected = neutral(client)

    for token in forged:
        with no_queries():
            page = client.get(f"/razzbery/pay/{token}")
        assert (page.status_code, page.content) == (404, expected), token


def test_a_forged_token_takes_the_same_steps_whatever_it_guessed_right(client: Client, bill: Bill) -> None:
    right = token_of(bill)
    absent = sign_link(
        LinkTarget(kind=LinkKind.BILL, subject_id=999_999, version=1), username="razzbery", key="a key of their own"
    )
    present = sign_link(
        LinkTarget(kind=LinkKind.BILL, subject_id=bill.pk, version=1), username="razzbery", key="a key of their own"
    )
    first_letter_wrong = right[:16] + ("A" if right[16] != "A" else "B") + right[17:]
    last_letter_wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    neutral(client)  # what is read once is read

    steps = {
        token: steps_of(partial(client.get, f"/razzbery/pay/{token}"))
        for token in (absent, present, first_letter_wrong, last_letter_wrong, "x" * 36)
    }

    assert len(set(steps.values())) == 1, steps
    assert steps_of(partial(client.get, page_of(bill))) > steps[present]


@pytest.mark.parametrize("username", ["nobody", "other-shop", "Razzbery", "admin-", "%00", "ab", "%FF", "sandbox-"])
def test_a_right_token_under_another_name_is_wrong(client: Client, bill: Bill, username: str) -> None:
    make_shop("other-shop")
    expected, path = neutral(client), f"/{username}/pay/{token_of(bill)}"

    with no_queries():
        page = client.get(path)

    assert (page.status_code, page.content) == (404, expected)


def test_a_version_that_was_never_given_out_is_wrong(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    Bill.objects.update(link_version=0)

    page = client.get(path)

    assert (page.status_code, page.content) == (404, neutral(client))


def test_signed_for_what_does_not_exist_is_wrong_too(client: Client, shop: Merchant) -> None:
    for kind in LinkKind:
        target = LinkTarget(kind=kind, subject_id=999_999, version=1)
        token = sign_link(target, username="razzbery", key=settings.PAYMENT_LINK_KEY)

        page = client.get(f"/razzbery/pay/{token}")

        assert (page.status_code, page.content) == (404, neutral(client))


def test_a_bill_and_an_installment_of_one_number_are_not_mixed_up(client: Client, shop: Merchant) -> None:
    installment = due_installment(shop)
    send_invoice(installment)
    bill = owed_bill(shop)

    assert "Water Bill" in client.get(page_of(bill)).content.decode()
    assert "iPhone 15 Pro Max" in client.get(page_of(installment)).content.decode()


def test_posting_to_a_wrong_link_is_answered_alike(client: Client, bill: Bill) -> None:
    page = client.post("/razzbery/pay/wrong", {"form": "x"})

    assert (page.status_code, page.content) == (404, neutral(client))


def test_without_a_token_at_all(client: Client, shop: Merchant) -> None:
    assert client.get("/razzbery/pay").content == neutral(client)
