"""Choosing the channel of a subscription's next invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.channel_choosing import ChannelForm, channel_words
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from subscriptions.admin.plan_actions import RUNNING
from subscriptions.models import Subscription
from subscriptions.services.channels import choose_subscription_channel


class ChoosePlanChannel(PageAction):
    name = "channel"
    title = _("Choose channel")
    right = Right.SEND
    icon = "send_to_mobile"
    confirm = _("Use this channel")
    is_rare = True

    def is_offered(self, row: Subscription) -> bool:
        return row.status in RUNNING

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("The next invoices of this subscription go by this channel."),
            _("One that is open stays as it was sent: on its own page it can be sent by another channel."),
        ]

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        email = row.customer_email or row.customer.email
        usual = channel_words("", row.customer.channel, row.merchant.channel)
        return ChannelForm(data, email=email, chosen=row.channel, usual=usual)

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        plan = choose_subscription_channel(
            merchant_id=row.merchant_id, subscription_id=row.pk, channel=values["channel"], actor=doer.actor
        )
        shown = {"document": plan.subscription_no}
        shown["channel"] = channel_words(plan.channel, plan.customer.channel, row.merchant.channel)
        return gettext_now("%(document)s: the next invoice goes by %(channel)s.") % shown
