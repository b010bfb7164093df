"""Acts that show the schedule before and after, and are done as they were shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.acts.holding import HoldingAdmin
from billing.admin.page_actions import Doer, PageAction, Text, explain, less_owed, who_approves_less
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin
from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Merchant
from subscriptions.admin.rehearsal import Rehearsal, rehearsal_of
from subscriptions.changes import Change, Edit
from subscriptions.models import Subscription
from subscriptions.services import change_plan, rehearse
from subscriptions.services.changing import ReasonMissing, decided_by, lowered_by

REHEARSED = "rehearsed"
AGAIN = "again"


class RehearsedForm(forms.Form):
    """What to change; `rehearsed` is the fingerprint of the change the person was shown."""

    rehearsed = forms.CharField(required=False, widget=forms.HiddenInput)


class RehearsedAction(PageAction):
    """
    `edit` says what to change, `done` what to tell the person afterwards.

    `confirm` is on the form's button and only leads to the rehearsal, whose own is `confirm_shown`. With `may_lower`
    the form has a reason, needed where less is owed afterwards, and a second person approves much of that.
    """

    right = Right.MANAGE_PLANS
    confirm = _("Show before and after")
    confirm_shown: ClassVar[Text] = _("Change it as shown")
    may_lower: ClassVar[bool] = False

    def form(self, row: Subscription, data: Mapping[str, Any] | None) -> forms.Form:
        return RehearsedForm(data)

    def edit(self, row: Subscription, values: Mapping[str, Any]) -> Edit:
        raise NotImplementedError

    def done(self, row: Subscription) -> str:
        return gettext_now("Subscription %(number)s is changed.") % {"number": row.subscription_no}

    def run(self, row: Subscription, *, values: Mapping[str, Any], doer: Doer) -> str:
        change_plan(
            merchant_id=row.merchant_id,
            subscription_id=row.pk,
            edit=self.edit(row, values),
            horizon=settings.OPEN_ENDED_HORIZON,
            actor=doer.actor,
            now=doer.now,
            rehearsed=values[REHEARSED] or None,
            reason=values["reason"] if self.may_lower else None,
            is_alone=doer.is_alone,
        )
        return self.done(row)

    def rehearsal(self, row: Subscription, values: Mapping[str, Any]) -> Rehearsal:
        """:raises DomainError: what the edit refuses; or a reason is missing"""
        change = self._change(row, values)
        if self.may_lower and not values["reason"] and lowered_by(change, row) > 0:
            raise ReasonMissing
        return rehearsal_of(change, currency=row.currency, has_total=row.total_amount is not None)

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("customer") if self.may_lower else None

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        if not self.may_lower:
            return ""
        row = rows.get()
        change = self._change(row, values)
        counted = [gettext_now("a year of later payments counted")] if change.later else []
        counted += [gettext_now("the time of the pause counted")] if change.waived else []
        return less_owed(merchant, decided_by(change, row), [row.customer_id], doer, counted=counted)

    def _change(self, row: Subscription, values: Mapping[str, Any]) -> Change:
        return rehearse(
            merchant_id=row.merchant_id,
            subscription_id=row.pk,
            edit=self.edit(row, values),
            horizon=settings.OPEN_ENDED_HORIZON,
            now=database_now(),
        )


class RehearsingAdmin(HoldingAdmin, DocumentAdmin):
    """Between the form and the act stands the rehearsal."""

    def before_run(self, request: HttpRequest, row: Any, action: PageAction, form: Any) -> HttpResponse | None:
        if not isinstance(action, RehearsedAction):
            return super().before_run(request, row, action, form)
        if AGAIN in request.POST:
            return super()._ask(request, row, action, action.form(row, without_rehearsal(request.POST)))
        if form.cleaned_data[REHEARSED]:
            return super().before_run(request, row, action, form)
        return self._rehearse(request, row, action, form, form.cleaned_data)

    def _rehearse(
        self, request: HttpRequest, row: Any, action: RehearsedAction, form: Any, values: Mapping[str, Any]
    ) -> HttpResponse:
        try:
            rehearsal = action.rehearsal(row, values)
        except DomainError as refusal:
            return self._refused(request, row, action, form, refusal)
        sentences = [*action.consequences(row), *([who_approves_less(row.merchant)] if action.may_lower else [])]
        sentences += self.decided_before(request, action, row)
        extra = {"original": row, "back": self.page_of(row), "consequences": sentences, **self.question_about(row)}
        extra |= {"action": action, "is_dangerous": action.variant is ActionVariant.DANGER}
        return self.rehearsal_page(
            request, rehearsal, form=form, title=action.title, confirm=action.confirm_shown, **extra
        )

    def _refused(
        self, request: HttpRequest, row: Any, action: PageAction, form: Any, refusal: DomainError
    ) -> HttpResponse:
        form.add_error("reason" if isinstance(refusal, ReasonMissing) else None, explain(refusal))
        return super()._ask(request, row, action, form)

    def rehearsal_page(
        self, request: HttpRequest, rehearsal: Rehearsal, *, title: Text, confirm: Text, **context: Any
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "confirm": confirm}
        context |= {"rehearsal": rehearsal, "rehearsed_field": REHEARSED, "again_field": AGAIN}
        return TemplateResponse(request, "admin/office/rehearsal.html", context)


def without_rehearsal(posted: Mapping[str, Any]) -> dict[str, Any]:
    """The entries alone: changed ones are rehearsed anew."""
    return {name: value for name, value in posted.items() if name != REHEARSED}
