"""One page for every wrong link: nobody learns which merchants and customers exist, or that a link was revoked."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Bill, Customer, Merchant
from billing.payment_links import LinkKind, LinkTarget, sign_link
from tests.invoices.customer_pages.dues import list_of
from tests.invoices.pages.documents import make_shop, page_of

pytestmark = pytest.mark.django_db


def neutral(client: Client) -> bytes:
    """What the payment page says of a wrong link."""
    return client.get("/razzbery/pay/wrong").content


def token_of(customer: Customer) -> str:
    return list_of(customer).rpartition("/")[2]


def test_the_right_link_works_with_and_without_a_slash(client: Client, customer: Customer) -> None:
    assert client.get(list_of(customer)).status_code == 200
    assert client.get(list_of(customer) + "/").status_code == 200


def test_forged_tokens_get_the_payment_pages_own_404_and_no_query(client: Client, customer: Customer) -> None:
    right, expected = token_of(customer), neutral(client)
    changed = right[:-1] + ("A" if right[-1] != "A" else "B")
    forged = [changed, right.upper(), right[:-1], right + "A", right + "//", right + "%00", "x" * 3000, "", "1", "%FF"]

    for token in [*forged, str(customer.pk), customer.phone]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/razzbery/c/{token}")
        assert (page.status_code, page.content, len(queries)) == (404, expected, 0), token


@pytest.mark.parametrize("username", ["nobody", "other-shop", "Razzbery", "%00"])
def test_a_right_token_under_another_name_is_wrong(client: Client, customer: Customer, username: str) -> None:
    make_shop("other-shop")

    page = client.get(f"/{username}/c/{token_of(customer)}")

    assert (page.status_code, page.content) == (404, neutral(client))


def test_a_payment_link_opens_no_list_and_the_list_is_no_payment_link(client: Client, customer: Customer) -> None:
    bill = Bill.objects.earliest("pk")
    payment_token = page_of(bill).rpartition("/")[2]

    for path in (f"/razzbery/c/{payment_token}", f"/razzbery/pay/{token_of(customer)}"):
        page = client.get(path)
        assert (page.status_code, page.content) == (404, neutral(client))


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_is_wrong_and_tells_nothing(client: Client, customer: Customer, version: int) -> None:
    Customer.objects.update(link_version=2)
    target = LinkTarget(kind=LinkKind.CUSTOMER, subject_id=customer.pk, version=version)
    token = sign_link(target, username="razzbery", key=settings.PAYMENT_LINK_KEY)

    page = client.get(f"/razzbery/c/{token}")

    assert (page.status_code, page.content) == (404, neutral(client))
    assert client.get(list_of(customer)).status_code == 200


def test_posting_to_a_wrong_link_is_answered_alike(client: Client, shop: Merchant) -> None:
    page = client.post("/razzbery/c/wrong", {"digits": "071"})

    assert (page.status_code, page.content) == (404, neutral(client))


def test_guessing_from_one_address_is_slowed_down(client: Client, customer: Customer, settings: Any) -> None:
    settings.PAGES_PER_ADDRESS = "5/m"
    answers = [client.get(f"/razzbery/c/{n}").status_code for n in range(7)]

    assert answers == [404] * 5 + [429] * 2
    assert client.get(list_of(customer), REMOTE_ADDR="192.0.2.9").status_code == 200
