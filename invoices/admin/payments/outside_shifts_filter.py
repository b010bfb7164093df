"""Cash that is in nobody's shift: taken without one, or received elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from billing.admin.roles import Right, rights_of
from invoices.models import Payment


class OutsideShiftsFilter(OfferedFilter):
    """
    For who oversees shifts, of some days only: no index knows of it, so a month of payments is read at most.
    """

    title = _("cash outside shifts")
    parameter_name = "outside_shifts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        if not rights_of(request).allow(Right.OVERSEE_SHIFTS):
            return []
        return [("7", _("Of the last 7 days")), ("31", _("Of the last 31 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        days = self.value()
        if days is None:
            return queryset
        since = timezone.now() - timedelta(days=int(days))
        return queryset.filter(method=Payment.Method.CASH, shift_entry=None, received_at__gte=since)
