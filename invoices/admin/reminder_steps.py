"""The merchants' plans of reminders, step by step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from billing.admin.cells import isolated
from billing.admin.filters import MerchantFilter, choice_filter
from billing.admin.roles import Right, staff_of
from billing.admin.scoped import ScopedAdmin
from billing.admin.settings_log import record_settings_change
from billing.models import Event
from invoices.models import ReminderChannel, ReminderStep


class ReminderStepForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.IntegerField(
        label=_("Days after the due date"),
        help_text=_("Negative: so many days before it. 0: on the day."),
        min_value=-60,
        max_value=365,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class ReminderStepAdmin(ScopedAdmin):
    """Owners and managers write the plan. A step that is changed or taken out is not sent any more, from then on."""

    see_right = Right.SEE_SETUP
    change_right = Right.CHANGE_MERCHANT
    add_right = Right.CHANGE_MERCHANT
    form = ReminderStepForm
    list_display = ("when", "channel", "merchant_shown")
    list_select_related = ("merchant",)
    list_filter = (MerchantFilter, choice_filter("channel", _("channel"), ReminderChannel))
    ordering = ("merchant__username", "days")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("merchant" if obj is None else "merchant_shown", "days", "channel")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("merchant_shown",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, Right.CHANGE_MERCHANT, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _record(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        _record(request, obj)
        super().delete_model(request, obj)

    @display(description=_("when"), ordering="days")
    def when(self, obj: ReminderStep) -> SafeString:
        return isolated(when_text(obj.days))


def when_text(days: int) -> str:
    """A step's day in words."""
    if days == 0:
        return gettext_now("On the due date")
    if days < 0:
        return ngettext("%(n)s day before the due date", "%(n)s days before the due date", -days) % {"n": -days}
    return ngettext("%(n)s day after the due date", "%(n)s days after the due date", days) % {"n": days}


def _record(request: HttpRequest, step: ReminderStep) -> None:
    record_settings_change(
        merchant_id=step.merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=step.merchant_id,
        user_id=staff_of(request).pk,
        fields=["reminder plan"],
    )


admin.site.register(ReminderStep, ReminderStepAdmin)
