"""Bills: their list, and cancelling them. The layers above add their invoices and payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.admin import display
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.channel_choosing import ChooseBillChannel, channel_words
from billing.admin.bills.cancelling import CancelBill
from billing.admin.bills.changing import ChangeBill, PromiseBill
from billing.admin.cells import day, instant, isolated, label, latin, money, person, status_label
from billing.admin.cells import number as numbered
from billing.admin.lists.amount_filters import OpenAmountFilter
from billing.admin.lists.channel_filter import GoesByFilter
from billing.admin.lists.chosen_filters import CustomerFilter, ServiceFilter
from billing.admin.lists.date_filters import DueFilter
from billing.admin.lists.filters import MerchantFilter, PromiseFilter, owed_filter, recent_filter
from billing.admin.lists.import_filter import ImportFilter
from billing.admin.lists.overdue import OverdueTab
from billing.admin.lists.searching import Search
from billing.admin.page_actions import PageAction
from billing.admin.screens.documents import DocumentAdmin
from billing.models import Bill


class BillAdmin(OverdueTab, DocumentAdmin):
    """Registered by `invoices.admin`, which knows its invoices and payments."""

    search = Search(
        numbers=("billing_no", "public_id"), phones=("customer__phone",), spelled=("customer__search_name",)
    )
    search_help_text = _("Bill number, phone or name")
    page_actions: ClassVar[Sequence[PageAction]] = (ChangeBill(), PromiseBill(), ChooseBillChannel(), CancelBill())
    tabs = Bill.Status
    owed_status = Bill.Status.PENDING
    list_display = (
        "number",
        "customer_shown",
        "service_shown",
        "amount_shown",
        "owed",
        "due",
        "state",
        "merchant_shown",
    )
    list_select_related: ClassVar[tuple[str, ...]] = ("merchant",)
    list_filter = (
        MerchantFilter,
        CustomerFilter,
        ServiceFilter,
        OpenAmountFilter,
        owed_filter(Bill.Status, owed=Bill.Status.PENDING),
        DueFilter,
        PromiseFilter,
        GoesByFilter,
        ImportFilter,
        recent_filter("created_at", _("created")),
    )
    linked_lookups = ("currency", "status__in")
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "service_shown",
        "description_shown",
        "notes_shown",
        "bill_number",
        "public_id_shown",
        "email_shown",
        "channel_shown",
        "merchant_shown",
        "created",
    )

    @display(description=_("number"), ordering="id")
    def number(self, obj: Bill) -> SafeString:
        return numbered(obj.billing_no)

    @display(description=_("customer"), ordering="customer_name")
    def customer_shown(self, obj: Bill) -> SafeString:
        return person(obj.customer_name, obj.customer_phone)

    @display(description=_("service"))
    def service_shown(self, obj: Bill) -> SafeString:
        return isolated(obj.service_type)

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, obj: Bill) -> SafeString:
        return money(obj.amount, obj.currency)

    @display(description=_("still owed"))
    def owed(self, obj: Bill) -> SafeString:
        return money(obj.amount_due if obj.amount_due else None, obj.currency)

    @display(description=_("due"), ordering="due_date")
    def due(self, obj: Bill) -> SafeString:
        return day(obj.due_date, is_late=is_overdue(obj))

    @display(description=_("status"), ordering="status")
    def state(self, obj: Bill) -> SafeString:
        return bill_label(obj)

    @display(description=_("description"))
    def description_shown(self, obj: Bill) -> SafeString:
        return isolated(obj.description)

    @display(description=_("notes"))
    def notes_shown(self, obj: Bill) -> SafeString:
        return isolated(obj.notes)

    @display(description=_("bill number"))
    def bill_number(self, obj: Bill) -> SafeString:
        return latin(obj.bill_no)

    @display(description=_("id in the API"))
    def public_id_shown(self, obj: Bill) -> SafeString:
        return latin(obj.public_id)

    @display(description=_("e-mail"))
    def email_shown(self, obj: Bill) -> SafeString:
        return latin(obj.customer_email)

    @display(description=_("channel"))
    def channel_shown(self, obj: Bill) -> str:
        return channel_words(obj.channel, obj.customer.channel, obj.merchant.channel)

    @display(description=_("created"))
    def created(self, obj: Bill) -> SafeString:
        return instant(obj.created_at)


def is_overdue(bill: Bill) -> bool:
    return bill.status == Bill.Status.PENDING and bill.due_date < timezone.localdate()


def bill_label(bill: Bill) -> SafeString:
    return label(bill_words(bill), "danger") if is_overdue(bill) else status_label(bill)


def bill_words(bill: Bill) -> str:
    """What its label says."""
    return gettext_now("Overdue") if is_overdue(bill) else str(bill.get_status_display())
