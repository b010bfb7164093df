"""List filters. Each offers only what the person may see, and finds nothing by values it does not offer."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.chosen_filters import ChosenFilter
from billing.admin.lists.date_filters import RecentFilter
from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.overdue import OVERDUE, late, with_overdue
from billing.admin.merchant_names import named
from billing.admin.roles import rights_of
from billing.tenancy import merchants_of

_MOST_LISTED: Final = 10


class MerchantFilter(ChosenFilter):
    """Shown to people of several merchants, with theirs only; many are looked for by name."""

    title = _("merchant")
    parameter_name = "merchant"
    kind = "merchant"
    is_searched = False

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rights = rights_of(request)
        is_of_one = not rights.is_platform and len(rights.roles) < 2
        mine = [] if is_of_one else list(merchants_of(request.user).order_by("username")[: _MOST_LISTED + 1])
        self.is_searched = len(mine) > _MOST_LISTED
        if self.is_searched or len(mine) < 2:
            return super().lookups(request, model_admin)
        self.template = OfferedFilter.template
        return [(str(merchant.pk), name) for merchant, name in named(mine)]


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


class OwedFilter(ChoiceFilter):
    """By status, or by being late: asked for, and due before the day it is where the person works."""

    field = "status"
    title = _("status")
    parameter_name = "status"
    owed: ClassVar[str]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return late(queryset, self.owed) if self.value() == OVERDUE[0] else super().queryset(request, queryset)


def owed_filter(choices: Any, *, owed: str) -> type[OwedFilter]:
    return type("OwedFilter", (OwedFilter,), {"owed": owed, "offered": with_overdue(choices, owed=owed)})


class PresentFilter(OfferedFilter):
    """By whether something happened; `present_filter` makes one."""

    field: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field}__isnull": self.value() == "no"}) if self.value() else queryset


def present_filter(field: str, parameter: str, title: str | Promise) -> type[PresentFilter]:
    return type("PresentFilter", (PresentFilter,), {"field": field, "parameter_name": parameter, "title": title})


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


def recent_filter(field: str, title: str | Promise) -> type[RecentFilter]:
    return type("RecentFilter", (RecentFilter,), {"field": field, "parameter_name": "when", "title": title})
