"""Bills and installments seen alike: what an invoice asks for, and where its payments go."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import Bill
from billing.payment_links import LinkKind, LinkTarget
from billing.services import settle_bill
from billing.services.refunds import refund_bill
from invoices.models import Invoice
from invoices.models.invoice import InvoiceQuerySet
from subscriptions.models import Installment, Subscription
from subscriptions.services import settle_installment
from subscriptions.services.refunds import refund_installment

Payable = Bill | Installment


def payable_filter(payable: Payable) -> dict[str, int]:
    """The merchant's rows that belong to this bill or installment, as a filter."""
    name = "bill_id" if isinstance(payable, Bill) else "installment_id"
    return {"merchant_id": payable.merchant_id, name: payable.pk}


def invoices_of(payable: Payable) -> InvoiceQuerySet:
    return Invoice.objects.filter(**payable_filter(payable))


def has_live_invoice(payable: Payable) -> bool:
    """Among the invoices that were read with it, where they were."""
    return any(invoice.status == Invoice.Status.OPEN for invoice in payable.invoices.all())


def link_target(payable: Payable) -> LinkTarget:
    kind = LinkKind.BILL if isinstance(payable, Bill) else LinkKind.INSTALLMENT
    return LinkTarget(kind=kind, subject_id=payable.pk, version=payable.link_version)


def document_of(payable: Payable) -> Bill | Subscription:
    """What names the customer and their phone, the currency and the channel."""
    return payable if isinstance(payable, Bill) else payable.subscription


def title_of(payable: Payable) -> str:
    """What is paid for, as the merchant calls it."""
    return payable.service_type if isinstance(payable, Bill) else payable.subscription.product_name


def was_given_back(payable: Payable) -> bool:
    """Whether all that was paid went back, and nothing is owed; where a part did, it is still paid or cancelled."""
    is_all_back = payable.amount_paid > 0 and payable.amount_refunded == payable.amount_paid
    return is_all_back and payable.amount_due <= 0


def email_of(payable: Payable) -> str:
    """Where an invoice for this goes by e-mail; empty where there is no address."""
    document = document_of(payable)
    return document.customer_email or document.customer.email


def lock_payable(payable: Payable) -> Payable:
    """The same bill or installment, locked and fresh; an installment after its subscription, as everywhere."""
    if isinstance(payable, Bill):
        return Bill.objects.select_for_update().get(merchant_id=payable.merchant_id, pk=payable.pk)
    Subscription.objects.select_for_update().get(merchant_id=payable.merchant_id, pk=payable.subscription_id)
    return Installment.objects.select_for_update().get(merchant_id=payable.merchant_id, pk=payable.pk)


def settle_payable(payable: Payable, *, amount: Decimal, actor: str, now: datetime) -> Decimal:
    """Send a payment downwards; how much of it was taken."""
    if isinstance(payable, Bill):
        return settle_bill(merchant_id=payable.merchant_id, bill_id=payable.pk, amount=amount, actor=actor, now=now)
    return settle_installment(
        merchant_id=payable.merchant_id, installment_id=payable.pk, amount=amount, actor=actor, now=now
    )


def refund_payable(payable: Payable, *, amount: Decimal, actor: str, now: datetime) -> None:
    """Tell it downwards that money which had settled it was given back."""
    if isinstance(payable, Bill):
        refund_bill(merchant_id=payable.merchant_id, bill_id=payable.pk, amount=amount, actor=actor, now=now)
    else:
        refund_installment(
            merchant_id=payable.merchant_id, installment_id=payable.pk, amount=amount, actor=actor, now=now
        )
