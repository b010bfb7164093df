"""What staff do to an invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.cells import instant
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Channel
from billing.phones import as_said
from invoices.models import DeliveryAttempt, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.cancelling import cancel_invoice
from invoices.services.decisions import confirm_sent, send_again
from invoices.services.enquiries.asking import ask_now
from invoices.services.payables import email_of
from invoices.services.resending import resend_invoice

Delivery = Invoice.Delivery
_UNDECIDED = (Delivery.UNKNOWN, Delivery.PARKED)


class Resend(PageAction):
    name = "resend"
    title = _("Resend")
    right = Right.SEND
    icon = "forward_to_inbox"
    confirm = _("Send it again")

    def is_offered(self, row: Invoice) -> bool:
        is_out = row.delivery == Delivery.SENT and bool(row.gateway_id)
        return row.status == Invoice.Status.OPEN and is_out and row.cancel_requested_at is None

    def consequences(self, row: Invoice) -> Sequence[Text]:
        told = gettext_now("The same link goes once more by %(channel)s to %(address)s.")
        address = email_of(row.payable) if row.channel == Channel.EMAIL else as_said(row.customer.phone)
        return [
            told % {"channel": row.get_channel_display(), "address": f"\u2066{address}\u2069"},
            *_last_sent(row),
            _("The next message can be sent after two minutes."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        policy = GatewayPolicy.from_settings()
        resend_invoice(merchant_id=row.merchant_id, invoice_id=row.pk, actor=doer.actor, policy=policy, now=doer.now)
        return gettext_now("Invoice %(number)s was sent again.") % {"number": row.number}


def _last_sent(invoice: Invoice) -> Sequence[Text]:
    """By the calls that ended well; an invoice keeps only when it was first sent."""
    done = invoice.delivery_attempts.filter(outcome=DeliveryAttempt.Outcome.DONE)
    sent = done.exclude(action=DeliveryAttempt.Action.CANCEL).order_by("-id").first()
    when = sent.started_at if sent else invoice.sent_at
    return [format_html(gettext_now("It was last sent on {when}."), when=instant(when))] if when else []


class AskGateway(PageAction):
    name = "ask"
    title = _("Ask the gateway")
    right = Right.SEND
    icon = "help"
    confirm = _("Ask now")

    def is_offered(self, row: Invoice) -> bool:
        is_open = row.status in (Invoice.Status.OPEN, Invoice.Status.EXPIRED)
        return is_open and row.delivery in (Delivery.SENT, *_UNDECIDED)

    def consequences(self, row: Invoice) -> Sequence[Text]:
        return [
            _("If the gateway says that it was paid, the payment is booked now."),
            _("If it was cancelled there, it is cancelled here."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        asked = ask_now(
            merchant_id=row.merchant_id, invoice_id=row.pk, policy=GatewayPolicy.from_settings(), now=doer.now
        )
        states = {"status": asked.get_status_display(), "delivery": asked.get_delivery_display()}
        return gettext_now("The gateway has answered. The invoice is now: %(status)s, %(delivery)s.") % states


class ItWasSent(PageAction):
    name = "it-was-sent"
    title = _("It was sent")
    right = Right.SEND
    icon = "mark_email_read"
    confirm = _("I have seen it in the gateway's panel")

    def is_offered(self, row: Invoice) -> bool:
        return row.status == Invoice.Status.OPEN and row.delivery in _UNDECIDED

    def consequences(self, row: Invoice) -> Sequence[Text]:
        return [
            _("Look for the reference %(reference)s in the gateway's panel first.") % {"reference": row.reference},
            _("The invoice counts as sent, and the gateway is asked about its payment from now on."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        confirm_sent(merchant_id=row.merchant_id, invoice_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Invoice %(number)s counts as sent.") % {"number": row.number}


class SendOnceMore(PageAction):
    name = "send-again"
    title = _("Send again")
    right = Right.SEND
    icon = "replay"
    confirm = _("Hand it over again")

    def is_offered(self, row: Invoice) -> bool:
        return row.status == Invoice.Status.OPEN and row.delivery in (*_UNDECIDED, Delivery.REJECTED)

    def consequences(self, row: Invoice) -> Sequence[Text]:
        if row.delivery == Delivery.REJECTED:
            return [_("Put right first what it was refused for, or it will be refused again.")]
        return [
            _("Look for the reference %(reference)s in the gateway's panel first.") % {"reference": row.reference},
            _("If the gateway has it after all, the customer gets two links and may pay twice."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        send_again(merchant_id=row.merchant_id, invoice_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Invoice %(number)s will be sent within a minute.") % {"number": row.number}


class CancelInvoice(PageAction):
    name = "cancel"
    title = _("Cancel invoice")
    right = Right.CANCEL
    icon = "cancel"
    variant = ActionVariant.DANGER
    confirm = _("Cancel this invoice")
    is_rare = True

    def is_offered(self, row: Invoice) -> bool:
        return row.status == Invoice.Status.OPEN and row.cancel_requested_at is None

    def consequences(self, row: Invoice) -> Sequence[Text]:
        return [
            _("Its link is cancelled at the gateway; until the gateway confirms that, it can still be paid."),
            _("What it asks for stays owed. A new link can be sent from the bill or installment."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        cancelled = cancel_invoice(merchant_id=row.merchant_id, invoice_id=row.pk, actor=doer.actor, now=doer.now)
        if cancelled.status == Invoice.Status.CANCELLED:
            return gettext_now("Invoice %(number)s is cancelled.") % {"number": row.number}
        return gettext_now("Invoice %(number)s is being cancelled at the gateway.") % {"number": row.number}
