"""Pausing and resuming a subscription, or all that a list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from subscriptions.admin.pause_effects import effect_of_pausing, effect_of_resuming
from subscriptions.admin.plan_forms import ResumeForm
from subscriptions.admin.rehearsing import RehearsedAction
from subscriptions.changes import Edit, Resume
from subscriptions.models import Subscription
from subscriptions.services import pause_subscription, resume_subscription

Status = Subscription.Status


class Pause(PageAction):
    name = "pause"
    title = _("Pause")
    right = Right.MANAGE_PLANS
    icon = "pause"
    confirm = _("Pause this subscription")
    in_bulk = True
    tells_effect = True

    def is_offered(self, row: Subscription) -> bool:
        return row.status == Status.ACTIVE

    def effect(self, rows: QuerySet[Subscription], values: Mapping[str, Any]) -> list[str]:
        return effect_of_pausing(rows, today=timezone.localdate())

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("No new invoices are made until it is resumed."),
            _("Invoices the customer already has stay open and can be paid."),
            _("When it is resumed you choose whether the dates stay or move by the pause."),
        ]

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        pause_subscription(merchant_id=row.merchant_id, subscription_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Subscription %(number)s is paused.") % {"number": row.subscription_no}


class ResumePlan(RehearsedAction):
    name = "resume"
    title = _("Resume")
    icon = "play_arrow"
    variant = ActionVariant.PRIMARY
    confirm_shown = _("Resume this subscription")
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return row.status == Status.PAUSED

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return ResumeForm(data)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return Resume(shifts_dates=values["dates"] == "shift")

    def done(self, row: Subscription) -> str:
        return gettext_now("Subscription %(number)s is active again.") % {"number": row.subscription_no}


class ResumeAll(PageAction):
    """Of a whole list, with the dates they had: what moving them would waive is shown on each plan's own page."""

    name = "resume-all"
    title = _("Resume")
    right = Right.MANAGE_PLANS
    icon = "play_arrow"
    confirm = _("Resume these subscriptions")
    in_bulk = True
    only_in_bulk = True
    tells_effect = True

    def is_offered(self, row: Subscription) -> bool:
        return row.status == Status.PAUSED

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("Invoices are made again. The dates stay as they are; what fell due meanwhile is caught up."),
            _("To move the dates by the pause instead, resume the subscription on its own page."),
        ]

    def effect(self, rows: QuerySet[Subscription], values: Mapping[str, Any]) -> list[str]:
        return effect_of_resuming(rows, today=timezone.localdate())

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        resume_subscription(
            merchant_id=row.merchant_id,
            subscription_id=row.pk,
            actor=doer.actor,
            now=doer.now,
            is_alone=doer.is_alone,
        )
        return gettext_now("Subscription %(number)s is active again.") % {"number": row.subscription_no}
