"""Payments through the gateway by whether its statements mention them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from invoices.models import Payment
from invoices.payouts.unmentioned import awaited, mentioned, missing

_NARROWED: Final[Mapping[str, Callable[[QuerySet[Payment], ZoneInfo], QuerySet[Payment]]]] = {
    "mentioned": lambda payments, zone: mentioned(payments),
    "missing": missing,
    "awaited": awaited,
}


class StatedFilter(OfferedFilter):
    title = _("gateway statement")
    parameter_name = "stated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mentioned", _("Mentions it")),
            ("missing", _("Should mention it, and does not")),
            ("awaited", _("The next one should mention it")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        value = self.value()
        if value is None:
            return queryset
        return _NARROWED[value](queryset, ZoneInfo(timezone.get_current_timezone_name()))
