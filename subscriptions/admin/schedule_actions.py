"""Changing single payments of a subscription, or what all following ones are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.admin.page_actions import Text
from subscriptions.admin.plan_actions import may_change
from subscriptions.admin.plan_forms import MoveForm, SkipForm, SpreadForm, TermsForm
from subscriptions.admin.rehearsing import RehearsedAction
from subscriptions.changes import Edit, MoveInstallment, NewTerms, SkipInstallment, SpreadOver
from subscriptions.models import Subscription

Type = Subscription.Type


class ChangeTerms(RehearsedAction):
    name = "terms"
    title = _("Change amount or day")
    icon = "edit_calendar"
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row) and row.type != Type.CUSTOM_SCHEDULE

    def consequences(self, row: Subscription) -> Sequence[Text]:
        sentences = [_("Installments that were invoiced, paid or skipped already stay as they are.")]
        if row.type == Type.FIXED_MONTHLY:
            sentences.append(_("The total stays: another amount means more or fewer payments."))
        return sentences

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return TermsForm(data, row=row)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return NewTerms(
            from_sequence=values["from_sequence"],
            amount=values["amount"],
            payment_day=values["payment_day"],
            interval=values["interval"],
        )


class Skip(RehearsedAction):
    name = "skip"
    title = _("Skip a payment")
    icon = "skip_next"
    may_lower = True

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row)

    def consequences(self, row: Subscription) -> Sequence[Text]:
        if row.type == Type.FIXED_MONTHLY:
            return [_("The total stays owed: this payment and all after it come one period later.")]
        return [_("The customer is not asked for this payment at all.")]

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return SkipForm(data, row=row)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return SkipInstallment(sequence=values["sequence"])


class Move(RehearsedAction):
    name = "move"
    title = _("Change a due date")
    icon = "edit_calendar"

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row) and row.type == Type.CUSTOM_SCHEDULE

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return MoveForm(data, row=row)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return MoveInstallment(sequence=values["sequence"], due_date=values["due_date"])


class Spread(RehearsedAction):
    name = "spread"
    title = _("Spread over more payments")
    icon = "view_timeline"
    is_rare = True

    def is_offered(self, row: Subscription) -> bool:
        return may_change(row) and row.type == Type.FIXED_MONTHLY

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return SpreadForm(data)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        return SpreadOver(more=values["more"])
