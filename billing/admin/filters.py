"""List filters. Each offers only what the person may see, and ignores values it does not offer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.roles import rights_of
from billing.tenancy import merchants_of

_MOST_MERCHANTS = 100


class OfferedFilter(SimpleListFilter):
    """A filter whose value counts only if it is one of those offered."""

    def value(self) -> str | None:
        value = super().value()
        return value if value in {str(lookup) for lookup, _title in self.lookup_choices} else None


class MerchantFilter(OfferedFilter):
    """Shown to people of several merchants, with theirs only."""

    title = _("merchant")
    parameter_name = "merchant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rights = rights_of(request)
        if not rights.is_platform and len(rights.roles) < 2:
            return []
        mine = merchants_of(request.user).order_by("username")[:_MOST_MERCHANTS]
        names = [(str(merchant.pk), merchant.username) for merchant in mine]
        return names if len(names) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(merchant_id=self.value()) if self.value() else queryset


class ChoiceFilter(OfferedFilter):
    """By a column with choices; `choice_filter` makes one."""

    field: ClassVar[str]
    offered: ClassVar[list[tuple[str, Any]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return self.offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


def choice_filter(field: str, title: str | Promise, choices: Any) -> type[ChoiceFilter]:
    offered = [(value, label) for value, label in choices.choices if value]
    attributes = {"field": field, "parameter_name": field, "title": title, "offered": offered}
    return type(f"{field.title()}Filter", (ChoiceFilter,), attributes)


class PresentFilter(OfferedFilter):
    """By whether something happened; `present_filter` makes one."""

    field: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field}__isnull": self.value() == "no"}) if self.value() else queryset


def present_filter(field: str, parameter: str, title: str | Promise) -> type[PresentFilter]:
    return type("PresentFilter", (PresentFilter,), {"field": field, "parameter_name": parameter, "title": title})


class DueFilter(OfferedFilter):
    """By the due date, counted from the day it is where the person works. Overdue means still owed."""

    title = _("due date")
    parameter_name = "due"
    owed: ClassVar[tuple[str, ...]] = ("PENDING",)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("overdue", _("Overdue")),
            ("today", _("Today")),
            ("week", _("Within 7 days")),
            ("month", _("Within 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        if self.value() is None:
            return queryset
        if self.value() == "overdue":
            return queryset.filter(due_date__lt=today, status__in=self.owed)
        days = {"today": 0, "week": 7, "month": 30}[str(self.value())]
        return queryset.filter(due_date__gte=today, due_date__lte=today + timedelta(days=days))


class InstallmentDueFilter(DueFilter):
    owed = ("INVOICED",)


class PromiseFilter(OfferedFilter):
    """By whether the customer kept the day promised for it."""

    title = _("promise")
    parameter_name = "promise"
    owed: ClassVar[tuple[str, ...]] = ("PENDING",)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Still open")), ("broken", _("Broken"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        if self.value() is None:
            return queryset
        day = {"promised_until__lt": today} if self.value() == "broken" else {"promised_until__gte": today}
        return queryset.filter(status__in=self.owed, **day)


class InstallmentPromiseFilter(PromiseFilter):
    owed = ("INVOICED",)


class RecentFilter(OfferedFilter):
    """By when it happened; `recent_filter` makes one for a column."""

    field: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("Today")), ("week", _("Last 7 days")), ("month", _("Last 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        days = {"today": 0, "week": 7, "month": 30}[str(self.value())]
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(**{f"{self.field}__gte": midnight - timedelta(days=days)})


def recent_filter(field: str, title: str | Promise) -> type[RecentFilter]:
    return type("RecentFilter", (RecentFilter,), {"field": field, "parameter_name": "when", "title": title})
