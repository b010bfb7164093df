"""Reminders: what was sent, and what staff are to send through WhatsApp."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import day, instant, isolated, link, person, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.screens.documents import DocumentAdmin, Fact, Page, Section
from billing.models import Event
from invoices.admin.asked_about import about_reminder
from invoices.admin.messages.by_hand import ReminderByWhatsApp, is_owed_by_hand, reminder_shown
from invoices.admin.reminders.actions import ISentIt
from invoices.models import Reminder, ReminderChannel


class ReminderAdmin(TabbedList, DocumentAdmin):
    search = Search(
        numbers=("invoice__number", "bill__billing_no", "installment__subscription__subscription_no"),
        phones=("customer__phone",),
        spelled=("customer__search_name",),
    )
    search_help_text = _("Invoice, bill or subscription number, phone or name")
    page_actions = (ReminderByWhatsApp(), ISentIt())
    tabs = Reminder.Status
    list_display = ("on_day", "customer_shown", "for_shown", "channel", "state", "whatsapp", "merchant_shown")
    list_select_related = (
        "merchant",
        "customer",
        "bill",
        "installment__subscription",
        "invoice__merchant",
        "invoice__customer",
        "invoice__bill",
        "invoice__installment",
    )
    list_filter = (
        MerchantFilter,
        choice_filter("status", _("status"), Reminder.Status),
        choice_filter("channel", _("channel"), ReminderChannel),
        recent_filter("claimed_at", _("day")),
    )
    linked_lookups = ("customer",)
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "on_day",
        "channel",
        "detail_shown",
        "invoice_shown",
        "written_down",
        "finished",
        "merchant_shown",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        rows: QuerySet[Reminder] = super().get_queryset(request)
        today = Reminder.objects.filter(merchant=OuterRef("merchant"), customer=OuterRef("customer"))
        others = today.filter(on_date=timezone.localdate()).exclude(pk=OuterRef("pk"))
        return rows.annotate(had_another_today=Exists(others))

    def asked_about(self, row: Reminder) -> list[Fact]:
        return about_reminder(row)

    def page(self, request: HttpRequest, row: Reminder) -> Page:
        facts = [
            Fact(title=_("Status"), value=self.state(row), is_loud=True),
            Fact(title=_("Customer"), value=self.customer_shown(row)),
            Fact(title=_("For"), value=self.for_shown(row)),
            Fact(title=_("WhatsApp"), value=self.whatsapp(row)),
        ]
        subjects = [(Event.Subject.INVOICE, [row.invoice_id])]
        is_to_be_sent = ISentIt().is_offered(row) and row.customer.messages_stopped_at is None
        sections = [_text_section(row)] if is_to_be_sent else []
        return Page(facts=facts, sections=sections, subjects=subjects, currency=row.invoice.currency)

    @display(description=_("day"), ordering="on_date")
    def on_day(self, obj: Reminder) -> SafeString:
        return day(obj.on_date)

    @display(description=_("customer"), ordering="customer__name")
    def customer_shown(self, obj: Reminder) -> SafeString:
        return link(obj.customer, person(obj.customer.name, obj.customer.phone))

    @display(description=_("for"))
    def for_shown(self, obj: Reminder) -> SafeString:
        payable = obj.bill or obj.installment
        assert payable is not None  # reminder_is_of_one_bill_or_installment
        return link(payable)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Reminder) -> SafeString:
        return status_label(obj)

    @display(description=_("detail"))
    def detail_shown(self, obj: Reminder) -> SafeString:
        return isolated(gettext(obj.detail) if obj.detail else "")

    @display(description=_("WhatsApp"))
    def whatsapp(self, obj: Reminder) -> SafeString:
        """The way to its text, or why there is none today."""
        if ReminderByWhatsApp().is_offered(obj):
            url = reverse("admin:invoices_reminder_do", args=[obj.pk, ReminderByWhatsApp.name])
            return format_html('<a class="office-link" href="{}">{}</a>', url, ReminderByWhatsApp.title)
        if not is_owed_by_hand(obj):
            return isolated("")
        if obj.customer.messages_stopped_at is not None:
            return format_html("{}", gettext("Messages to this customer are stopped."))
        return format_html("{}", gettext("Not today: the customer has had another reminder."))

    @display(description=_("invoice"))
    def invoice_shown(self, obj: Reminder) -> SafeString:
        return link(obj.invoice)

    @display(description=_("written down"))
    def written_down(self, obj: Reminder) -> SafeString:
        return instant(obj.claimed_at)

    @display(description=_("finished"))
    def finished(self, obj: Reminder) -> SafeString:
        return instant(obj.finished_at)


def _text_section(reminder: Reminder) -> Section:
    return Section(title=_("Text"), content=reminder_shown(reminder))


admin.site.register(Reminder, ReminderAdmin)
