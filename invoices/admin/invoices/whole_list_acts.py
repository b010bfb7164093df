"""What staff do to all the invoices a list shows: no act that somebody has to look at each of them for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.page_actions import Doer, Text
from billing.models import Channel
from invoices.admin.invoices.actions import Resend, SendOnceMore
from invoices.models import Invoice
from invoices.policy import GatewayPolicy
from invoices.services.decisions import send_again
from invoices.services.resend_limits import rehearse_resends
from invoices.services.resending import resend_invoice

Delivery = Invoice.Delivery


class ResendAll(Resend):
    """As on one invoice's page, but that quiet times and the messages a customer gets in a day hold for it."""

    name = "resend-all"
    confirm = _("Send them again")
    in_bulk = True
    only_in_bulk = True
    calls_others = True

    def is_offered(self, row: Invoice) -> bool:
        return super().is_offered(row) and row.channel != Channel.LINK

    def why_not(self, row: Invoice) -> Text:
        if row.status != Invoice.Status.OPEN:
            return super().why_not(row)
        if row.cancel_requested_at is not None:
            return _being_cancelled()
        if row.channel == Channel.LINK:
            return gettext_now("It goes as a bare link, which the gateway does not send.")
        return row.get_delivery_display()

    def obstacles(self, rows: Sequence[Invoice], *, now: datetime) -> dict[int, Text]:
        reasons = super().obstacles(rows, now=now)
        left = [row for row in rows if row.pk not in reasons]
        found = rehearse_resends(merchant=left[0].merchant, invoices=left, now=now) if left else {}
        return reasons | {pk: gettext_now(message) for pk, message in found.items()}

    def consequences(self, row: Invoice) -> Sequence[Text]:
        return [
            _("The same link goes once more for each invoice, by the channel it was sent by."),
            _("Nothing goes out in quiet times, or to a customer who has had a day's messages."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        resend_invoice(
            merchant_id=row.merchant_id,
            invoice_id=row.pk,
            actor=doer.actor,
            policy=GatewayPolicy.from_settings(),
            now=doer.now,
            is_one_of_many=True,
        )
        return gettext_now("Sent again by %(channel)s.") % {"channel": row.get_channel_display()}


class SendRefusedAgain(SendOnceMore):
    """Of refused ones alone: whether the gateway has the others, or who has had enough, is looked at one by one."""

    name = "replace-refused"
    title = _("Send refused ones again")
    confirm = _("Hand them over again")
    in_bulk = True
    only_in_bulk = True

    def is_offered(self, row: Invoice) -> bool:
        is_refused = row.status == Invoice.Status.OPEN and row.delivery == Delivery.REJECTED
        return is_refused and row.cancel_requested_at is None

    def why_not(self, row: Invoice) -> Text:
        if row.status != Invoice.Status.OPEN:
            return super().why_not(row)
        if row.cancel_requested_at is not None:
            return _being_cancelled()
        if row.delivery in (Delivery.UNKNOWN, Delivery.PARKED):
            return gettext_now("It was not refused, it waits for a decision of its own: see its page.")
        return row.get_delivery_display()

    def consequences(self, row: Invoice) -> Sequence[Text]:
        return [
            _("Put right first what they were refused for, or they will be refused again."),
            _("Each gives way to a new invoice for what is still owed, which goes out as new ones do."),
        ]

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        invoice = send_again(
            merchant_id=row.merchant_id,
            invoice_id=row.pk,
            actor=doer.actor,
            now=doer.now,
            of=(Delivery.REJECTED,),
        )
        return gettext_now("Invoice %(number)s will be sent within a minute.") % {"number": invoice.number}


def _being_cancelled() -> str:
    return gettext_now("It is being cancelled at the gateway.")
