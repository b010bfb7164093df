"""Merging while others write about the same people: whatever is just being made is the survivor's in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant, User
from billing.services.merged_customers import MergedAlready
from invoices.models import Enquiry, Invoice, Payment
from invoices.services.enquiries.enquiry import Answer
from invoices.services.issuing import issue_due
from invoices.services.payments import record_gateway_payment
from tests.factories import make_bill
from tests.infrastructure.waiting import wait_until
from tests.invoices.acts import at_once
from tests.invoices.pages.documents import make_shop, send_invoice
from tests.invoices.test_merge_customers import SECOND, merge
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")


def how_many_wait() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        (count,) = cursor.fetchone()
    return int(count)


class Beside:
    """Something done in a connection of its own, which is begun and then waits for our transaction."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.failure: BaseException | None = None
        self._act = act
        self._thread = threading.Thread(target=self._run)
        others = how_many_wait()
        self._thread.start()
        wait_until(lambda: how_many_wait() > others, 30, reason="the other connection waits for a lock")

    def _run(self) -> None:
        try:
            self._act()
        except BaseException as failure:
            self.failure = failure
        finally:
            connections.close_all()

    def end(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()
        if self.failure:
            raise self.failure


def make_pair(shop: Merchant) -> tuple[Customer, Customer, User]:
    survivor, double = make_bill(shop).customer, make_bill(shop, customer_phone=SECOND).customer
    return survivor, double, make_staff(shop)


def pay(invoice: Invoice) -> None:
    answer = Answer(
        finding=Enquiry.Finding.PAID,
        reference=invoice.reference,
        paid_amount=Decimal("150.500"),
        transaction_token="T-1",
    )
    record_gateway_payment(invoice_id=invoice.pk, answer=answer, now=database_now())


def test_what_is_being_written_for_the_double_is_waited_for_and_moved() -> None:
    shop = make_shop()
    survivor, double, user = make_pair(shop)
    invoice = send_invoice(Bill.objects.get(customer=double))

    with transaction.atomic():
        posted = make_bill(shop, customer_phone=SECOND)
        pay(invoice)
        issue_due(merchant=shop, now=database_now())
        merging = Beside(lambda: merge(survivor, double, user))
    merging.end()

    posted.refresh_from_db()
    assert posted.customer == survivor
    assert Payment.objects.get().customer == survivor
    assert Bill.objects.get(pk=invoice.bill_id).status == "PAID"
    assert set(Invoice.objects.values_list("customer", flat=True)) == {survivor.pk}


def test_what_comes_while_the_merge_is_under_way_is_the_survivors() -> None:
    shop = make_shop()
    survivor, double, user = make_pair(shop)
    invoice = send_invoice(Bill.objects.get(customer=double))

    with transaction.atomic():
        merge(survivor, double, user, taken=["phone"])
        posting = Beside(lambda: make_bill(shop, customer_phone=SECOND))
        paying = Beside(lambda: pay(invoice))
    posting.end()
    paying.end()

    assert set(Bill.objects.values_list("customer", flat=True)) == {survivor.pk}
    assert Payment.objects.get().customer == survivor
    assert Customer.objects.count() == 2


def test_of_two_merges_the_other_way_round_one_is_done() -> None:
    first, second, user = make_pair(make_shop())

    failures = at_once(lambda: merge(first, second, user), lambda: merge(second, first, user))

    assert [type(failure) for failure in failures] == [MergedAlready]
    stays = Customer.objects.current().get()
    assert set(Bill.objects.values_list("customer", flat=True)) == {stays.pk}
    assert Event.objects.filter(name="merged").count() == 1
