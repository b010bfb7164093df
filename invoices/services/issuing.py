"""From an amount that is due to an invoice, exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from billing.errors import DomainError
from billing.identifiers import document_number, random_suffix
from billing.models import Bill, Customer, Event, Merchant, NumberSequence
from billing.services import take_numbers
from invoices.models import GatewayAccount, Invoice
from invoices.services.accounts import usable_account
from invoices.services.payables import Payable, invoices_of, lock_payable
from subscriptions.models import Installment, Subscription

CHUNK = 500


class NothingOwed(DomainError):
    code = "NOTHING_OWED"
    message = gettext_noop("Nothing is owed here any more, so there is nothing to invoice.")


class LiveInvoiceExists(DomainError):
    code = "LIVE_INVOICE_EXISTS"
    message = gettext_noop("An invoice for this is still open. Send it again, or cancel it first.")


def issue_due(*, merchant: Merchant, now: datetime, as_of: date | None = None, chunk: int = CHUNK) -> int:
    """
    Invoice every bill and every due installment that never had an invoice, oldest first; how many that made.

    Safe beside itself and after dying half way: a chunk is one transaction that locks its rows and passes over those
    another holds, and the database refuses a second first issue.

    :param as_of: the day to count due dates from, in place of the merchant's own today
    """
    if not merchant.is_active:
        return 0
    today = as_of or merchant.local_date(now)
    until = today + timedelta(days=merchant.issue_days_ahead)
    attach_account(merchant=merchant)
    issued = 0
    while count := _issue_installments(merchant, until=until, today=today, now=now, chunk=chunk):
        issued += count
    while count := _issue_bills(merchant, today=today, now=now, chunk=chunk):
        issued += count
    return issued


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
    Invoice one scheduled installment at once, whatever its date and its plan's setting.

    :raises NothingOwed: it is paid, cancelled or skipped
    :raises LiveInvoiceExists: it was invoiced already
    """
    installment = _locked_installment(installment)
    if installment.status == Installment.Status.INVOICED:
        raise LiveInvoiceExists
    if installment.amount_due <= 0 or installment.subscription.status == Subscription.Status.CANCELLED:
        raise NothingOwed
    (invoice,) = _make_invoices(installment.merchant, [installment], actor=actor, now=now)
    _mark_invoiced([installment], now=now)
    return invoice


@transaction.atomic
def renew_invoice(*, payable: Payable, actor: str, now: datetime) -> Invoice:
    """
    A new invoice for what is still owed, after the last one expired, was cancelled or refused.

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
    issue_no = last.issue_no + 1 if last else 1
    (invoice,) = _make_invoices(payable.merchant, [payable], actor=actor, now=now, issue_no=issue_no)
    _mark_invoiced([payable], now=now)
    return invoice


@transaction.atomic
def _issue_installments(merchant: Merchant, *, until: date, today: date, now: datetime, chunk: int) -> int:
    due = list(
        Installment.objects.due_for_invoicing(until=until)
        .filter(merchant=merchant)
        .select_related("subscription__customer")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_date", "id")[:chunk]
    )
    return _issue(merchant, due, today=today, now=now)


@transaction.atomic
def _issue_bills(merchant: Merchant, *, today: date, now: datetime, chunk: int) -> int:
    unpaid = list(
        Bill.objects.never_invoiced()
        .filter(merchant=merchant)
        .select_related("customer")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("id")[:chunk]
    )
    return _issue(merchant, unpaid, today=today, now=now)


def _issue(merchant: Merchant, payables: Sequence[Payable], *, today: date, now: datetime) -> int:
    if payables:
        _make_invoices(merchant, payables, actor="system", now=now, today=today)
        _mark_invoiced(payables, now=now)
    return len(payables)


def _make_invoices(
    merchant: Merchant,
    payables: Sequence[Payable],
    *,
    actor: str,
    now: datetime,
    today: date | None = None,
    issue_no: int = 1,
) -> list[Invoice]:
    today = today or merchant.local_date(now)
    account = usable_account(merchant)
    invoices = [_draft(merchant, payable, account, today) for payable in payables]
    numbers = take_numbers(
        merchant_id=merchant.pk,
        day=merchant.local_date(now),
        kind=NumberSequence.Kind.INVOICE,
        count=len(invoices),
    )
    for invoice, counter in zip(invoices, numbers, strict=True):
        invoice.number = document_number("INV", merchant.local_date(now), counter)
        invoice.reference = f"{invoice.number}-{random_suffix()}"
        invoice.issue_no = issue_no
        invoice.created_at = invoice.next_attempt_at = now
    Invoice.objects.bulk_create(invoices)
    Event.objects.bulk_create(_issued_events(invoices, actor))
    return invoices


def _draft(merchant: Merchant, payable: Payable, account: GatewayAccount | None, today: date) -> Invoice:
    """The invoice of a bill or installment, all but its numbers; it keeps the name and phone of the document."""
    document: Bill | Subscription = payable if isinstance(payable, Bill) else payable.subscription
    customer: Customer = document.customer
    language = customer.language or merchant.language
    return Invoice(
        merchant=merchant,
        customer=customer,
        customer_name=document.customer_name,
        customer_phone=document.customer_phone,
        customer_email=document.customer_email or customer.email,
        bill=payable if isinstance(payable, Bill) else None,
        installment=payable if isinstance(payable, Installment) else None,
        currency=document.currency,
        amount=payable.amount_due,
        description=_description(payable, language),
        language=language,
        channel=merchant.channel,
        due_date=payable.due_date,
        expires_on=expiry(due_date=payable.due_date, today=today, valid_days=merchant.link_valid_days),
        gateway_account=account,
    )


def expiry(*, due_date: date, today: date, valid_days: int) -> date:
    """The last day of a link: counted from the due date, or from today where that has passed (gateway.md)."""
    return max(due_date, today) + timedelta(days=valid_days)


def _description(payable: Payable, language: str) -> str:
    if isinstance(payable, Bill):
        return payable.description or payable.service_type
    plan = payable.subscription
    values = {"number": payable.sequence, "count": plan.number_of_installments, "product": plan.product_name}
    with override(language):
        if plan.number_of_installments is None:
            return _("%(product)s, payment %(number)s") % values
        return _("Installment %(number)s of %(count)s · %(product)s") % values


def _mark_invoiced(payables: Iterable[Payable], *, now: datetime) -> None:
    ids = [payable.pk for payable in payables]
    if all(isinstance(payable, Bill) for payable in payables):
        Bill.objects.filter(pk__in=ids, invoiced_at=None).update(invoiced_at=now)
        return
    scheduled = Installment.objects.filter(pk__in=ids, status=Installment.Status.SCHEDULED)
    scheduled.update(status=Installment.Status.INVOICED, invoiced_at=now)


def _locked_installment(installment: Installment) -> Installment:
    locked = lock_payable(installment)
    assert isinstance(locked, Installment)
    return locked


def _issued_events(invoices: Iterable[Invoice], actor: str) -> list[Event]:
    return [
        Event(
            merchant_id=invoice.merchant_id,
            subject=Event.Subject.INVOICE,
            subject_id=invoice.pk,
            name="issued",
            actor=actor,
            details={"amount": str(invoice.amount), "issue": invoice.issue_no},
        )
        for invoice in invoices
    ]
