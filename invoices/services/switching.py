"""Staff send one invoice by another channel: its link dies at the gateway first, then its successor goes out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Channel
from billing.services import check_channel
from billing.services.wrong_recipients import check_messages_go_on
from invoices.models import Invoice
from invoices.services.cancelling import request_cancel
from invoices.services.payables import email_of


class CannotSwitch(DomainError):
    code = "CANNOT_SWITCH"
    message = gettext_noop(
        "Only an open invoice that is not being cancelled can go by another channel. "
        "Send a new link from its bill or installment."
    )


class SameChannel(DomainError):
    code = "SAME_CHANNEL"
    message = gettext_noop("It goes by this channel already. Choose another, or resend it.")


@transaction.atomic
def switch_channel(*, merchant_id: int, invoice_id: int, channel: Channel, actor: str, now: datetime) -> Invoice:
    """
    Replace an open invoice by one that goes by this channel. The document's own choice stays as it is.

    :raises CannotSwitch: :raises SameChannel:
    :raises EmailMissing: e-mail was chosen and the customer has no address
    :raises MessagesStopped: a channel that sends one was chosen
    """
    invoices = Invoice.objects.select_for_update(of=("self",)).select_related("bill", "installment")
    invoice = invoices.get(merchant_id=merchant_id, pk=invoice_id)
    if invoice.status != Invoice.Status.OPEN or invoice.cancel_requested_at:
        raise CannotSwitch
    if channel == invoice.channel:
        raise SameChannel
    check_channel(channel, email=email_of(invoice.payable))
    if channel != Channel.LINK:
        check_messages_go_on(customer_id=invoice.customer_id)
    invoice.next_channel = channel
    invoice.save(update_fields=["next_channel"])
    request_cancel(invoice, reason=Invoice.CancelReason.REPLACED, renew=True, actor=actor, now=now)
    return invoice
