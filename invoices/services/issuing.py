"""From an amount that is due to an invoice, exactly once."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Channel, Merchant, NumberSequence
from billing.services import take_numbers
from invoices.models import Invoice
from invoices.services.accounts import usable_account
from invoices.services.generation.catching_up import apply_verdict, release_early_holds, sort_out
from invoices.services.generation.due_rows import (
    Place,
    count_due_installments,
    due_installments,
    lock_bills_never_invoiced,
)
from invoices.services.generation.invoice_rows import Issue, insert_invoices
from invoices.services.generation.invoice_statements import Kind
from invoices.services.payables import Payable, invoices_of, lock_payable
from subscriptions.models import Installment, Subscription

# Small, so that a month's run beside the API holds its locks and the disk for milliseconds only (bench/generate.py).
CHUNK: Final = 500
# Numbers are taken for so many chunks at once.
CHUNKS_AHEAD: Final = 10


class NothingOwed(DomainError):
    code = "NOTHING_OWED"
    message = gettext_noop("Nothing is owed here any more, so there is nothing to invoice.")


class LiveInvoiceExists(DomainError):
    code = "LIVE_INVOICE_EXISTS"
    message = gettext_noop("An invoice for this is still open. Send it again, or cancel it first.")


def issue_due(
    *, merchant: Merchant, now: datetime, as_of: date | None = None, chunk: int = CHUNK, seconds: float | None = None
) -> int:
    """
    Invoice every bill and every due installment that never had an invoice, oldest first; how many that made.

    Safe beside itself and after dying half way: a chunk is one transaction that locks its bills or plans and passes
    over those another holds, and the database refuses a second first issue.

    :param as_of: the day to count due dates from, in place of the merchant's own today
    :param seconds: stop after about as long; what is left stays due
    """
    if not merchant.is_active:
        return 0
    today = as_of or merchant.local_date(now)
    attach_account(merchant=merchant)
    run = _Run(merchant=merchant, today=today, now=now, chunk=chunk, seconds=seconds)
    release_early_holds(merchant, until=run.until)
    return run.issue_installments() + run.issue_bills()


class _Run:
    """One pass over a merchant's due rows. It keeps its place, so that a chunk does not search what is behind it."""

    def __init__(self, *, merchant: Merchant, today: date, now: datetime, chunk: int, seconds: float | None) -> None:
        account = usable_account(merchant)
        self._merchant, self._today, self._now, self._chunk = merchant, today, now, chunk
        self._account_id = account.pk if account else None
        self._ends_at = None if seconds is None else time.monotonic() + seconds
        self.until = today + timedelta(days=merchant.issue_days_ahead)

    def issue_installments(self) -> int:
        issued, place, numbers = 0, Place(), range(0)
        while self._has_time and (numbers := numbers or self._numbers(self._count_due(place))):
            made, place = self._issue_installments(place, numbers[: self._chunk])
            issued, numbers = issued + made, numbers[self._chunk :]
            if place == Place():  # others hold all that is left
                break
        return issued

    def issue_bills(self) -> int:
        issued, last = 0, 0
        never_invoiced = Bill.objects.never_invoiced().filter(merchant=self._merchant)
        while self._has_time and (count := never_invoiced.filter(pk__gt=last)[: self._chunk].count()):
            made, last = self._issue_bills(last, self._numbers(count))
            issued += made
            if not last:
                break
        return issued

    @transaction.atomic
    def _issue_installments(self, place: Place, numbers: range) -> tuple[int, Place]:
        due = due_installments(self._merchant, until=self.until, after=place, limit=len(numbers), is_rehearsal=False)
        ids, verdict = sort_out(self._merchant, due.by_subscription, today=self._today, until=self.until, now=self._now)
        # A verdict over a plan may reach beyond the chunk; what has no number yet is due again at once.
        made = insert_invoices("installment", ids[: len(numbers)], self._issue(numbers))
        apply_verdict(self._merchant, verdict, now=self._now)
        return len(made), due.place

    @transaction.atomic
    def _issue_bills(self, last: int, numbers: range) -> tuple[int, int]:
        ids = lock_bills_never_invoiced(self._merchant, after=last, chunk=len(numbers))
        made = insert_invoices("bill", ids, self._issue(numbers)) if ids else []
        return len(made), ids[-1] if ids else 0

    def _count_due(self, place: Place) -> int:
        limit = CHUNKS_AHEAD * self._chunk
        return count_due_installments(self._merchant, until=self.until, after=place, limit=limit)

    @property
    def _has_time(self) -> bool:
        return self._ends_at is None or time.monotonic() < self._ends_at

    def _numbers(self, count: int) -> range:
        return take_invoice_numbers(self._merchant, now=self._now, count=count) if count else range(0)

    def _issue(self, numbers: range) -> Issue:
        return Issue(
            merchant=self._merchant,
            account_id=self._account_id,
            numbers=numbers,
            today=self._today,
            now=self._now,
            actor="system",
        )


def take_invoice_numbers(merchant: Merchant, *, now: datetime, count: int) -> range:
    """
    A range of the day's invoice numbers.

    Taken before the invoices' own transaction, for its lock would have the workers of one merchant wait for each
    other; so numbers are lost where another worker was faster. They may have gaps (contract.md).
    """
    day = merchant.local_date(now)
    return take_numbers(merchant_id=merchant.pk, day=day, kind=NumberSequence.Kind.INVOICE, count=count)


def attach_account(*, merchant: Merchant) -> int:
    """Give the invoices that wait for a gateway account, or were never sent through a replaced one, the present one."""
    account = usable_account(merchant)
    if account is None:
        return 0
    waiting = Invoice.objects.live().filter(merchant=merchant, delivery=Invoice.Delivery.NEW, currency=account.currency)
    return waiting.exclude(gateway_account=account).update(gateway_account=account)


@transaction.atomic
def issue_now(*, installment: Installment, actor: str, now: datetime) -> Invoice:
    """
    Invoice one scheduled installment at once, whatever its date, its plan's setting, and whether it is held.

    :raises NothingOwed: it is paid, cancelled or skipped
    :raises LiveInvoiceExists: it was invoiced already
    """
    locked = lock_payable(installment)
    assert isinstance(locked, Installment)
    if locked.status == Installment.Status.INVOICED:
        raise LiveInvoiceExists
    if locked.amount_due <= 0 or locked.subscription.status == Subscription.Status.CANCELLED:
        raise NothingOwed
    return _make_invoice(locked, actor=actor, now=now)


@transaction.atomic
def renew_invoice(*, payable: Payable, actor: str, now: datetime, channel: Channel | Literal[""] = "") -> Invoice:
    """
    A new invoice for what is still owed, after the last one expired, was cancelled or refused.

    :param channel: of this invoice, in place of the document's, customer's or merchant's
    :raises NothingOwed:
    :raises LiveInvoiceExists: never two payable at once
    """
    payable = lock_payable(payable)
    if payable.amount_due <= 0:
        raise NothingOwed
    issues = invoices_of(payable).order_by("-issue_no")
    if issues.live().exists():
        raise LiveInvoiceExists
    last = issues.first()
    if last and last.held_back_at:
        Invoice.objects.filter(pk=last.pk).update(held_back_at=None)
    return _make_invoice(payable, actor=actor, now=now, channel=channel, issue_no=last.issue_no + 1 if last else 1)


def _make_invoice(
    payable: Payable, *, actor: str, now: datetime, channel: Channel | Literal[""] = "", issue_no: int = 1
) -> Invoice:
    merchant = payable.merchant
    account = usable_account(merchant)
    kind: Kind = "bill" if isinstance(payable, Bill) else "installment"
    issue = Issue(
        merchant=merchant,
        account_id=account.pk if account else None,
        numbers=take_invoice_numbers(merchant, now=now, count=1),
        today=merchant.local_date(now),
        now=now,
        actor=actor,
        issue_no=issue_no,
        channel=channel,
    )
    if not insert_invoices(kind, [payable.pk], issue):
        raise NothingOwed
    return invoices_of(payable).get(issue_no=issue_no)
