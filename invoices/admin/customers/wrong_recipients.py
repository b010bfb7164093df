"""Phones that somebody else answered: the tasks that "this is not me" leaves for staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import F, QuerySet, TextChoices
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, label, link, person
from billing.admin.lists.filters import MerchantFilter
from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.page_actions import PageAction
from billing.admin.screens.documents import DocumentAdmin, Fact, Notice, Page
from billing.models import Event, WrongRecipient
from invoices.admin.asked_about import about_customer
from invoices.admin.customers.sections import bills_section, newest_of, subscriptions_section
from invoices.admin.messages.wrong_recipient_actions import CorrectReportedPhone, ItIsTheCustomer, KeepStopped


class State(TextChoices):
    OPEN = "open", _("To be decided")
    DECIDED = "decided", _("Decided")


OPEN = State.OPEN.value
_TO_DO = _(
    "Somebody who has this phone says that it is not the customer's. No messages go there until you decide: "
    "find out whose phone it is, then decide with the buttons above."
)


class StateFilter(OfferedFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[WrongRecipient]) -> QuerySet[WrongRecipient]:
        return queryset.filter(resolved_at__isnull=self.value() == OPEN) if self.value() else queryset


class WrongRecipientAdmin(TabbedList, DocumentAdmin):
    """What is to be decided comes first."""

    search = Search(phones=("customer__phone",), spelled=("customer__search_name",))
    search_help_text = _("Phone or name")
    page_actions: ClassVar[Sequence[PageAction]] = (ItIsTheCustomer(), CorrectReportedPhone(), KeepStopped())
    tabs = State
    tab_field = "state"
    list_display = ("reported", "customer_shown", "state", "resolved", "resolved_by_shown", "merchant_shown")
    list_select_related = ("merchant", "customer", "resolved_by")
    list_filter = (MerchantFilter, StateFilter)
    linked_lookups = ("customer",)
    ordering = (F("resolved_at").desc(nulls_first=True), "-id")
    fields: ClassVar[Any] = ("reported", "resolved", "resolved_by_shown", "merchant_shown")

    def on_tab(self, found: QuerySet[Any], value: str) -> QuerySet[Any]:
        return found.filter(resolved_at__isnull=value == OPEN)

    def asked_about(self, row: WrongRecipient) -> list[Fact]:
        return about_customer(row.customer)

    def page(self, request: HttpRequest, row: WrongRecipient) -> Page:
        facts = [
            Fact(title=_("Status"), value=self.state(row), is_loud=True),
            Fact(title=_("Customer"), value=self.customer_shown(row)),
        ]
        bills, bills_url = newest_of(row.customer, row.customer.bills.all())
        plans, plans_url = newest_of(row.customer, row.customer.subscriptions.all())
        return Page(
            facts=facts,
            notices=[] if row.resolved_at else [Notice(text=_TO_DO)],
            sections=[
                bills_section(bills, more_url=bills_url),
                subscriptions_section(plans, more_url=plans_url),
            ],
            subjects=[(Event.Subject.CUSTOMER, [row.customer_id])],
        )

    @display(description=_("reported"), ordering="reported_at")
    def reported(self, obj: WrongRecipient) -> SafeString:
        return instant(obj.reported_at)

    @display(description=_("customer"), ordering="customer__name")
    def customer_shown(self, obj: WrongRecipient) -> SafeString:
        return link(obj.customer, person(obj.customer.name, obj.customer.phone))

    @display(description=_("state"))
    def state(self, obj: WrongRecipient) -> SafeString:
        return label(obj.get_resolution_display()) if obj.resolved_at else label(State.OPEN.label, "warning")

    @display(description=_("resolved"), ordering="resolved_at")
    def resolved(self, obj: WrongRecipient) -> SafeString:
        return instant(obj.resolved_at)

    @display(description=_("resolved by"))
    def resolved_by_shown(self, obj: WrongRecipient) -> SafeString:
        return isolated(obj.resolved_by.display_name if obj.resolved_by else "")


admin.site.register(WrongRecipient, WrongRecipientAdmin)
