"""Merging while others write about the same people: whatever is just being made is the survivor's in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant, User, WrongRecipient
from billing.services.merged_customers import MergedAlready
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.audit.customers import money_stays_with_its_customer
from invoices.models import Enquiry, Invoice, Payment
from invoices.services.corrected_phones import correct_phone
from invoices.services.enquiries.enquiry import Answer
from invoices.services.issuing import issue_due
from invoices.services.merging.merge import LeftNumber
from invoices.services.payments import record_gateway_payment
from invoices.services.renewals import renew_cancelled
from subscriptions.models import Subscription
from tests.factories import make_bill, make_subscription
from tests.infrastructure.waiting import wait_until
from tests.invoices.acts import at_once
from tests.invoices.pages.documents import make_shop, send_invoice
from tests.invoices.test_merge_customers import FIRST, SECOND, THIRD, merge
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


def replaced() -> set[int]:
    return set(Invoice.objects.filter(cancel_reason="REPLACED").values_list("pk", flat=True))


def sent_to(phone: str) -> set[int]:
    return set(Invoice.objects.filter(customer_phone__endswith=phone[1:]).values_list("pk", flat=True))


@pytest.mark.parametrize("taken", [(), ("phone",)])
def test_what_is_just_being_issued_goes_to_nobody_at_the_wrong_number(taken: tuple[str, ...]) -> None:
    shop = make_shop()
    survivor, double, user = make_pair(shop)
    three_months_ago = database_now() - timedelta(days=75)
    make_subscription(shop, Subscription.Type.OPEN_ENDED, customer_phone=SECOND, now=three_months_ago)

    with transaction.atomic():
        issue_due(merchant=shop, now=database_now())
        merging = Beside(lambda: merge(survivor, double, user, taken=taken, left_number=LeftNumber.WRONG))
    merging.end()

    assert Invoice.objects.filter(installment__isnull=False).count() >= 2
    assert set(Invoice.objects.values_list("customer", flat=True)) == {survivor.pk}
    assert replaced() == sent_to(FIRST if taken else SECOND)
    assert list(money_stays_with_its_customer(now=database_now())) == []


def test_what_is_just_being_issued_anew_is_the_survivors() -> None:
    shop = make_shop()
    survivor, double, user = make_pair(shop)
    plan = make_subscription(shop, Subscription.Type.CUSTOM_SCHEDULE, customer_phone=SECOND)
    send_invoice(plan.installments.get(sequence=1))
    dead = {"status": "CANCELLED", "cancelled_at": database_now(), "cancel_reason": "REPLACED"}
    Invoice.objects.filter(customer=double).update(**dead, renew_when_cancelled=True)

    with transaction.atomic():
        assert renew_cancelled(now=database_now()) >= 2
        merging = Beside(lambda: merge(survivor, double, user))
    merging.end()

    assert set(Invoice.objects.filter(issue_no=2).values_list("customer", flat=True)) == {survivor.pk}


def test_what_is_just_being_issued_follows_to_the_corrected_number() -> None:
    shop = make_shop()
    customer, _other, user = make_pair(shop)
    make_subscription(shop, Subscription.Type.OPEN_ENDED, now=database_now() - timedelta(days=75))
    stated = {"merchant_id": shop.pk, "customer_id": customer.pk, "phone": THIRD, "user": user}

    with transaction.atomic():
        issue_due(merchant=shop, now=database_now())
        correcting = Beside(lambda: correct_phone(**stated, now=database_now()))
    correcting.end()

    assert len(sent_to(FIRST)) >= 3
    assert replaced() == sent_to(FIRST)


def test_what_comes_while_the_merge_is_under_way_is_the_survivors() -> None:
    shop = make_shop()
    survivor, double, user = make_pair(shop)
    invoice = send_invoice(Bill.objects.get(customer=double))

    with transaction.atomic():
        merge(survivor, double, user, taken=["phone"])
        posting = Beside(lambda: make_bill(shop, customer_phone=SECOND))
        paying = Beside(lambda: pay(invoice))
        reporting = Beside(lambda: report_wrong_recipient(customer=double, now=database_now()))
    posting.end()
    paying.end()
    reporting.end()

    assert set(Bill.objects.values_list("customer", flat=True)) == {survivor.pk}
    assert Payment.objects.get().customer == survivor
    assert WrongRecipient.objects.get().customer == survivor
    assert Customer.objects.exclude(messages_stopped_at=None).get() == survivor
    assert Customer.objects.count() == 2


def test_of_two_merges_the_other_way_round_one_is_done() -> None:
    first, second, user = make_pair(make_shop())

    failures = at_once(lambda: merge(first, second, user), lambda: merge(second, first, user))

    assert [type(failure) for failure in failures] == [MergedAlready]
    stays = Customer.objects.current().get()
    assert set(Bill.objects.values_list("customer", flat=True)) == {stays.pk}
    assert Event.objects.filter(name="merged").count() == 1
