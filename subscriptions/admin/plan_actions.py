"""Ending a subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from unfold.enums import ActionVariant

from billing.admin.page_actions import Text
from subscriptions.admin.open_installments import what_stays_open
from subscriptions.admin.plan_forms import EndForm, ReasonedForm, SettleForm
from subscriptions.admin.rehearsing import RehearsedAction
from subscriptions.changes import CancelAtEnd, CancelNow, Edit, NewEnd, SettleEarly
from subscriptions.models import Subscription

Status = Subscription.Status
Type = Subscription.Type
RUNNING = (Status.ACTIVE, Status.PAUSED)


def may_change(row: Subscription) -> bool:
    return row.status in RUNNING and row.settled_early_at is None


class CancelPlan(RehearsedAction):
    name = "cancel"
    title = _("Cancel subscription")
    icon = "cancel"
    variant = ActionVariant.DANGER
    confirm_shown = _("Cancel this subscription")
    is_rare = True
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return row.status in RUNNING

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("Installments that were not invoiced yet are dropped."),
            what_stays_open(row),
            _("A cancelled subscription cannot be brought back."),
        ]

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonedForm(data)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return CancelNow()

    def done(self, row: Subscription) -> str:
        return gettext_now("Subscription %(number)s is cancelled.") % {"number": row.subscription_no}


class CancelPlanAtEnd(RehearsedAction):
    name = "cancel-at-end"
    title = _("Cancel at the end of the period")
    icon = "event_busy"
    variant = ActionVariant.DANGER
    confirm_shown = _("No further periods")
    is_rare = True
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row) and row.type == Type.OPEN_ENDED

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("The current period is the last one; what is owed until then is still asked for."),
            _("The subscription is completed once that is paid."),
        ]

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonedForm(data)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return CancelAtEnd()

    def done(self, row: Subscription) -> str:
        return gettext_now("Subscription %(number)s ends with this period.") % {"number": row.subscription_no}


class ChangeEnd(RehearsedAction):
    name = "end"
    title = _("Change the end")
    icon = "event_upcoming"
    is_rare = True
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row) and row.type == Type.OPEN_ENDED

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return EndForm(data, row=row)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return NewEnd(ends_after=values["ends_after"], ends_on=values["ends_on"])


class SettlePlan(RehearsedAction):
    name = "settle-early"
    title = _("Settle early")
    icon = "price_check"
    confirm_shown = _("Settle it early")
    is_rare = True
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row) and row.type != Type.OPEN_ENDED

    def consequences(self, row: Subscription) -> Sequence[Text]:
        return [
            _("All that was not invoiced yet becomes one last payment, due today."),
            _("Installments the customer was already asked to pay stay open beside it."),
        ]

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return SettleForm(data, row=row)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        with override(row.merchant.language):
            description = gettext_now("Early settlement")
        return SettleEarly(discount=values["discount"], description=description)
