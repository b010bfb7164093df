"""Choosing the channel of a bill's or a customer's next invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Bill, Channel, Customer
from billing.services import EmailMissing, check_channel, choose_bill_channel, choose_customer_channel


class ChannelForm(forms.Form):
    """`usual` is said for an empty choice; without it a channel has to be chosen."""

    channel = forms.ChoiceField(label=_("Channel"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(
        self, data: Mapping[str, Any] | None, *, email: str, chosen: str, usual: str = "", without: str = ""
    ) -> None:
        self.email = email
        super().__init__(data, initial={"channel": chosen})
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        offered = [choice for choice in Channel.choices if choice[0] != without]
        field.choices = [("", usual), *offered] if usual else offered
        field.required = not usual

    def clean_channel(self) -> Channel | str:
        channel = self.cleaned_data["channel"]
        try:
            check_channel(channel, email=self.email)
        except EmailMissing as refusal:
            raise forms.ValidationError(gettext_now(refusal.message)) from None
        return Channel(channel) if channel else ""


class ChooseBillChannel(PageAction):
    name = "channel"
    title = _("Choose channel")
    right = Right.SEND
    icon = "send_to_mobile"
    confirm = _("Use this channel")
    is_rare = True

    def is_offered(self, row: Bill) -> bool:
        return row.status == Bill.Status.PENDING

    def consequences(self, row: Bill) -> Sequence[Text]:
        return [
            _("The next invoice of this bill goes by this channel."),
            _("One that is open stays as it was sent: on its own page it can be sent by another channel."),
        ]

    def form(self, row: Bill, data: Mapping[str, Any] | None) -> forms.Form:
        email = row.customer_email or row.customer.email
        usual = channel_words("", row.customer.channel, row.merchant.channel)
        return ChannelForm(data, email=email, chosen=row.channel, usual=usual)

    def run(self, row: Bill, *, values: Mapping[str, Any], doer: Doer) -> str:
        bill = choose_bill_channel(
            merchant_id=row.merchant_id, bill_id=row.pk, channel=values["channel"], actor=doer.actor
        )
        shown = {"document": bill.billing_no}
        shown["channel"] = channel_words(bill.channel, bill.customer.channel, row.merchant.channel)
        return gettext_now("%(document)s: the next invoice goes by %(channel)s.") % shown


class ChooseCustomerChannel(PageAction):
    name = "channel"
    title = _("Choose channel")
    right = Right.SEND
    icon = "send_to_mobile"
    confirm = _("Use this channel")
    is_rare = True

    def consequences(self, row: Customer) -> Sequence[Text]:
        return [
            _("The next invoices of this customer go by this channel."),
            _("A bill or subscription with a channel of its own keeps it."),
        ]

    def form(self, row: Customer, data: Mapping[str, Any] | None) -> forms.Form:
        usual = channel_words("", "", row.merchant.channel)
        return ChannelForm(data, email=row.email, chosen=row.channel, usual=usual)

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        customer = choose_customer_channel(
            merchant_id=row.merchant_id,
            customer_id=row.pk,
            channel=values["channel"],
            actor=doer.actor,
            now=doer.now,
        )
        shown = {"document": f"\u2068{customer.name}\u2069"}
        shown["channel"] = channel_words("", customer.channel, row.merchant.channel)
        return gettext_now("%(document)s: the next invoice goes by %(channel)s.") % shown


def channel_words(own: str, customers: str, merchants: str) -> str:
    """The channel that counts, and whose it is where the document has none."""
    labels = dict(Channel.choices)
    if own:
        return str(labels[own])
    if customers:
        return gettext_now("%(channel)s (the customer's)") % {"channel": labels[customers]}
    return gettext_now("%(channel)s (the merchant's)") % {"channel": labels[merchants]}
