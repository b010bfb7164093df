"""The list of customers: what each of them owes, and who owes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, alarming, money
from billing.admin.customers.screen import CustomerAdmin
from billing.admin.lists.change_list import ScopedChangeList
from billing.admin.lists.filters import MerchantFilter, present_filter, recent_filter
from billing.admin.lists.import_filter import ImportFilter
from billing.admin.lists.offered import OfferedFilter
from billing.admin.roles import rows_of
from billing.models import Bill, Customer
from invoices.services.open_amounts import Owed
from invoices.services.owed_by_customers import owed_by_customers, owing
from subscriptions.models import Installment


class OwingFilter(OfferedFilter):
    """By what they were asked for and still owe; late is counted from the day it is where the person works."""

    title = _("still owed")
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("something", _("Owes something")), ("overdue", _("Owes something overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        if self.value() is None:
            return queryset
        return owing(
            queryset,
            bills=rows_of(request, Bill.objects.open()),
            installments=rows_of(request, Installment.objects.open()),
            due_before=timezone.localdate() if self.value() == "overdue" else None,
        )


class OwingChangeList(ScopedChangeList):
    """What the customers of one page owe is read at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Customer] = list(self.result_list)
        owed = owed_by_customers(customers=self.result_list, today=timezone.localdate())
        for customer in self.result_list:
            customer.owed = owed.get(customer.pk, {})  # type: ignore[attr-defined]


class OwingAdmin(CustomerAdmin):
    list_display = (
        "name_shown",
        "phone_shown",
        "owed_shown",
        "overdue_shown",
        "email",
        "merchant_shown",
        "created",
    )
    list_filter = (
        MerchantFilter,
        OwingFilter,
        present_filter("messages_stopped_at", "stopped", _("messages stopped")),
        ImportFilter,
        recent_filter("created_at", _("created")),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return OwingChangeList

    @display(description=_("still owed"))
    def owed_shown(self, obj: Customer) -> SafeString | str:
        return _sums((code, each.sum) for code, each in _owed(obj).items()) or NOTHING

    @display(description=_("overdue"))
    def overdue_shown(self, obj: Customer) -> SafeString | str:
        late = _sums((code, each.overdue) for code, each in _owed(obj).items() if each.overdue_count)
        return alarming(late) if late else NOTHING


def _owed(customer: Customer) -> Mapping[str, Owed]:
    owed: Mapping[str, Owed] = getattr(customer, "owed", {})
    return owed


def _sums(sums: Iterable[tuple[str, Decimal]]) -> SafeString:
    return format_html_join(" ", "{}", ((money(amount, code),) for code, amount in sums))
