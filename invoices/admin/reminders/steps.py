"""The merchants' plans of reminders, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from billing.admin.cells import isolated
from billing.admin.lists.filters import MerchantFilter, choice_filter
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.admin.screens.acting import ActingAdmin
from invoices.models import ReminderChannel, ReminderStep
from invoices.services.reminders.plans import record_plan_change, take_out_step


class ReminderStepForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.IntegerField(
        label=_("Days after the due date"),
        help_text=_("Negative: so many days before it. 0: on the day."),
        min_value=-60,
        max_value=365,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class TakeOut(PageAction):
    name = "remove"
    title = _("Take this step out")
    right = Right.CHANGE_MERCHANT
    icon = "delete"
    variant = ActionVariant.DANGER
    confirm = _("Take it out")

    def consequences(self, row: ReminderStep) -> Sequence[Text]:
        return [
            str(row),
            _("Nobody is reminded by this step any more. Reminders that were sent stay as they are."),
        ]

    def run(self, row: ReminderStep, *, values: Mapping[str, Any], doer: Doer) -> str:
        take_out_step(merchant_id=row.merchant_id, step_id=row.pk, actor=doer.actor)
        return gettext_now("The step is taken out.")

    def lands_on(self, row: ReminderStep, doer: Doer) -> str:
        return reverse("admin:invoices_reminderstep_changelist")


class ReminderStepAdmin(ActingAdmin):
    """Owners and managers write the plan. A step that is changed or taken out is not sent any more, from then on."""

    see_right = Right.SEE_SETUP
    change_right = Right.CHANGE_MERCHANT
    add_right = Right.CHANGE_MERCHANT
    form = ReminderStepForm
    page_actions = (TakeOut(),)
    list_display = ("when", "channel", "merchant_shown")
    list_select_related = ("merchant",)
    list_filter = (MerchantFilter, choice_filter("channel", _("channel"), ReminderChannel))
    ordering = ("merchant__username", "days")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("merchant" if obj is None else "merchant_shown", "days", "channel")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("merchant_shown",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record_plan_change(merchant_id=obj.merchant_id, actor=Doer.of(request).actor)

    @display(description=_("when"), ordering="days")
    def when(self, obj: ReminderStep) -> SafeString:
        return isolated(obj)


admin.site.register(ReminderStep, ReminderStepAdmin)
