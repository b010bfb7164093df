"""Installments: their list across all subscriptions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import display
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, day, instant, isolated, label, link, money, person, status_label
from billing.admin.cells import number as numbered
from billing.admin.lists.chosen_filters import PlanCustomerFilter
from billing.admin.lists.date_filters import InstallmentDueFilter
from billing.admin.lists.filters import InstallmentPromiseFilter, MerchantFilter, owed_filter
from billing.admin.lists.overdue import OverdueTab
from billing.admin.lists.searching import Search
from billing.admin.screens.documents import DocumentAdmin
from subscriptions.admin.channel_filters import InstallmentGoesByFilter
from subscriptions.models import Installment

Status = Installment.Status


class InstallmentAdmin(OverdueTab, DocumentAdmin):
    """Registered by `invoices.admin`, which knows its invoices and payments."""

    search = Search(
        numbers=("subscription__subscription_no",),
        phones=("subscription__customer__phone",),
        names=("subscription__product_name",),
        spelled=("subscription__customer__search_name",),
    )
    search_help_text = _("Subscription number, phone, name or product")
    tabs = Status
    owed_status = Status.INVOICED
    list_display = ("number", "customer_shown", "amount_shown", "owed", "due", "state", "merchant_shown")
    list_select_related: ClassVar[tuple[str, ...]] = ("merchant", "subscription")
    list_filter: ClassVar[tuple[Any, ...]] = (
        MerchantFilter,
        PlanCustomerFilter,
        owed_filter(Status, owed=Status.INVOICED),
        InstallmentDueFilter,
        InstallmentPromiseFilter,
        InstallmentGoesByFilter,
    )
    linked_lookups = ("subscription", "subscription__currency", "status__in")
    ordering = ("due_date", "id")
    sorted_by_index = ("due_date",)
    fields: ClassVar[Any] = (
        "subscription_shown",
        "sequence",
        "description_shown",
        "first_invoiced",
        "held_shown",
        "promised_shown",
        "merchant_shown",
    )

    @display(description=_("installment"), ordering="id")
    def number(self, obj: Installment) -> SafeString:
        return numbered(obj)

    @display(description=_("customer"), ordering="subscription__customer_name")
    def customer_shown(self, obj: Installment) -> SafeString:
        return person(obj.subscription.customer_name, obj.subscription.customer_phone)

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, obj: Installment) -> SafeString:
        return money(obj.amount, obj.subscription.currency)

    @display(description=_("still owed"))
    def owed(self, obj: Installment) -> SafeString:
        return money(obj.amount_due if obj.amount_due else None, obj.subscription.currency)

    @display(description=_("due"), ordering="due_date")
    def due(self, obj: Installment) -> SafeString:
        return day(obj.due_date, is_late=is_overdue(obj))

    @display(description=_("status"), ordering="status")
    def state(self, obj: Installment) -> SafeString:
        return installment_label(obj)

    @display(description=_("subscription"))
    def subscription_shown(self, obj: Installment) -> SafeString:
        return link(obj.subscription)

    @display(description=_("description"))
    def description_shown(self, obj: Installment) -> SafeString:
        return isolated(obj.description)

    @display(description=_("first invoiced"))
    def first_invoiced(self, obj: Installment) -> SafeString:
        return instant(obj.invoiced_at)

    @display(description=_("held because"))
    def held_shown(self, obj: Installment) -> str:
        return str(obj.get_hold_display()) if obj.hold else NOTHING

    @display(description=_("promised by"))
    def promised_shown(self, obj: Installment) -> SafeString:
        return day(obj.promised_until)


def is_overdue(installment: Installment) -> bool:
    return installment.status == Status.INVOICED and installment.due_date < timezone.localdate()


def installment_label(installment: Installment) -> SafeString:
    if installment.hold:
        return label(installment_words(installment), "warning")
    is_late = is_overdue(installment)
    return label(installment_words(installment), "danger") if is_late else status_label(installment)


def installment_words(installment: Installment) -> str:
    """What its label says."""
    if installment.hold:
        return gettext_now("Held")
    return gettext_now("Overdue") if is_overdue(installment) else str(installment.get_status_display())
