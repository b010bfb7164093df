"""Sending one invoice by another channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.channel_choosing import ChannelForm
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Channel
from invoices.models import Invoice
from invoices.services.payables import email_of
from invoices.services.switching import switch_channel


class SendByAnotherChannel(PageAction):
    name = "switch-channel"
    title = _("Send by another channel")
    right = Right.SEND
    icon = "send_to_mobile"
    confirm = _("Send by this channel")
    is_rare = True

    def is_offered(self, row: Invoice) -> bool:
        return row.status == Invoice.Status.OPEN and row.cancel_requested_at is None

    def consequences(self, row: Invoice) -> Sequence[Text]:
        return [
            _("This invoice is cancelled at the gateway first; then a new one goes out, usually within two minutes."),
            _("If the customer pays this one in that moment, the payment counts and no new one is made."),
        ]

    def form(self, row: Invoice, data: Mapping[str, Any] | None) -> forms.Form:
        return ChannelForm(data, email=email_of(row.payable), chosen="", without=row.channel)

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        channel: Channel = values["channel"]
        switch_channel(merchant_id=row.merchant_id, invoice_id=row.pk, channel=channel, actor=doer.actor, now=doer.now)
        shown = {"number": row.number, "channel": channel.label}
        return gettext_now("Invoice %(number)s will be replaced by one that goes by %(channel)s.") % shown
