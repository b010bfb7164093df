"""What a customer has to pay, oldest first, and what comes next: read in two queries, however much it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Window

from billing.fields import MoneyField
from billing.models import Bill, Customer
from billing.money import ZERO
from invoices.models import GatewayCallback
from invoices.pages.payables import CHECKED_WITHIN
from invoices.services.payables import Payable, document_of
from subscriptions.models import Installment, Subscription
from subscriptions.models.installment import InstallmentQuerySet

MOST_SHOWN: Final = 25
_MOST_COMING: Final = 10

Status = Installment.Status


@dataclass(frozen=True, kw_only=True)
class OpenDue:
    """`payable` may be paid, unless `is_being_checked`: then a payment attempt's outcome is not yet known."""

    payable: Payable
    is_being_checked: bool


@dataclass(frozen=True, kw_only=True)
class OpenDues:
    """`dues` are the oldest; `count` and `total` are of all. `coming` is each running plan's next installment."""

    dues: list[OpenDue]
    count: int
    total: Decimal
    coming: list[Installment]


def read_open_dues(customer: Customer, *, now: datetime) -> OpenDues:
    """Bills that are pending and installments that were asked for, in the merchant's own currency."""
    since = now - CHECKED_WITHIN
    bills = list(_oldest(_open_bills(customer, customer.merchant.currency), "bill", since)[:MOST_SHOWN])
    planned = list(_oldest(_asked_or_next(customer), "installment", since)[: MOST_SHOWN + _MOST_COMING])
    for row in [*bills, *planned]:
        row.merchant = customer.merchant  # read with the customer
    asked = [installment for installment in planned if installment.status == Status.INVOICED]
    (bill_count, bill_total), (asked_count, asked_total) = _all_of(bills), _all_of(asked)
    dues = sorted((_open_due(row) for row in [*bills, *asked]), key=lambda due: due.payable.due_date)
    return OpenDues(
        dues=dues[:MOST_SHOWN],
        count=bill_count + asked_count,
        total=bill_total + asked_total,
        coming=[installment for installment in planned if installment.status == Status.SCHEDULED],
    )


def count_others(payable: Payable) -> int:
    """How many more the customer's page lists besides this one, in one query."""
    customer, currency = document_of(payable).customer, payable.merchant.currency
    bills, installments = _open_bills(customer, currency), _asked(customer, currency)
    if isinstance(payable, Bill):
        bills = bills.exclude(pk=payable.pk)
    else:
        installments = installments.exclude(pk=payable.pk)
    return bills.order_by().values("pk").union(installments.order_by().values("pk"), all=True).count()


def _open_bills(customer: Customer, currency: str) -> QuerySet[Bill]:
    return Bill.objects.open().filter(customer=customer, currency=currency, amount__gt=F("amount_paid"))


def _asked(customer: Customer, currency: str) -> QuerySet[Installment]:
    return _planned(customer, currency).open().filter(amount__gt=F("amount_paid"))


def _planned(customer: Customer, currency: str) -> InstallmentQuerySet:
    # The merchant too: the index of installments begins with it.
    installments = Installment.objects.filter(merchant_id=customer.merchant_id, subscription__customer=customer)
    return installments.filter(subscription__currency=currency)


def _asked_or_next(customer: Customer) -> QuerySet[Installment]:
    """Asked for, and of each running plan the one that follows."""
    scheduled = Installment.objects.filter(
        merchant_id=OuterRef("merchant_id"), subscription_id=OuterRef("subscription_id"), status=Status.SCHEDULED
    )
    following = scheduled.order_by().values("subscription_id").annotate(following=Min("sequence")).values("following")
    is_asked = Q(status=Status.INVOICED, amount__gt=F("amount_paid"))
    is_next = Q(status=Status.SCHEDULED, subscription__status=Subscription.Status.ACTIVE, sequence=Subquery(following))
    return _planned(customer, customer.merchant.currency).filter(is_asked | is_next).select_related("subscription")


def _oldest(rows: QuerySet[Any], kind: str, since: datetime) -> QuerySet[Any]:
    """Each with what is true of all of its status, so that the others need not be read. INVOICED before SCHEDULED."""
    of_payable = {"invoice__merchant_id": OuterRef("merchant_id"), f"invoice__{kind}_id": OuterRef("pk")}
    waiting = GatewayCallback.objects.filter(**of_payable, state=GatewayCallback.State.WAITING, received_at__gt=since)
    of_its_status = [F("status")]
    still_owed = ExpressionWrapper(F("amount") - F("amount_paid"), output_field=MoneyField())
    annotated: QuerySet[Any] = rows.annotate(
        open_count=Window(Count("pk"), partition_by=of_its_status),
        open_total=Window(Sum(still_owed), partition_by=of_its_status),
        is_being_checked=Exists(waiting),
    )
    return annotated.order_by("status", "due_date", "pk")


def _all_of(rows: Sequence[Any]) -> tuple[int, Decimal]:
    return (rows[0].open_count, rows[0].open_total) if rows else (0, ZERO)


def _open_due(row: Any) -> OpenDue:
    return OpenDue(payable=row, is_being_checked=row.is_being_checked)
