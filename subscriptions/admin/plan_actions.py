"""Pausing, resuming and cancelling a subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from subscriptions.models import Subscription
from subscriptions.services import cancel_subscription, pause_subscription, resume_subscription

Status = Subscription.Status


class Pause(PageAction):
    name = "pause"
    title = _("Pause")
    right = Right.MANAGE_PLANS
    icon = "pause"
    confirm = _("Pause this subscription")

    def is_offered(self, row: Subscription) -> bool:
        return row.status == Status.ACTIVE

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("No new invoices are made until it is resumed."),
            _("Invoices the customer already has stay open and can be paid."),
            _("What falls due meanwhile is invoiced with its own date when it is resumed."),
        ]

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        pause_subscription(merchant_id=row.merchant_id, subscription_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Subscription %(number)s is paused.") % {"number": row.subscription_no}


class Resume(PageAction):
    name = "resume"
    title = _("Resume")
    right = Right.MANAGE_PLANS
    icon = "play_arrow"
    variant = ActionVariant.PRIMARY
    confirm = _("Resume this subscription")

    def is_offered(self, row: Subscription) -> bool:
        return row.status == Status.PAUSED

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [_("What fell due during the pause is invoiced at once, each with its own date.")]

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        resume_subscription(merchant_id=row.merchant_id, subscription_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Subscription %(number)s is active again.") % {"number": row.subscription_no}


class CancelPlan(PageAction):
    name = "cancel"
    title = _("Cancel subscription")
    right = Right.MANAGE_PLANS
    icon = "cancel"
    variant = ActionVariant.DANGER
    confirm = _("Cancel this subscription")
    is_rare = True

    def is_offered(self, row: Subscription) -> bool:
        return row.status in (Status.ACTIVE, Status.PAUSED)

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("Installments that were not invoiced yet are dropped."),
            _("Installments the customer was already asked to pay stay open."),
            _("A cancelled subscription cannot be brought back."),
        ]

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        cancel_subscription(merchant_id=row.merchant_id, subscription_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Subscription %(number)s is cancelled.") % {"number": row.subscription_no}
