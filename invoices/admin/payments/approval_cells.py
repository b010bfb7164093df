"""Who asked and who decided, where a second person is needed; and finding what somebody decided alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, instant, isolated
from billing.admin.lists.offered import OfferedFilter
from billing.models import User
from invoices.models import Credit, Refund


class AloneFilter(OfferedFilter):
    """What an owner approved of their own because there was nobody else who could."""

    title = _("approved alone")
    parameter_name = "alone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(approved_alone=True) if self.value() else queryset


def done_by(user: User | None, moment: datetime | None) -> SafeString:
    if user is None:
        return isolated("")
    return above(instant(moment), isolated(user.display_name))


def who_decided(row: Refund | Credit) -> SafeString:
    cell = done_by(row.decided_by, row.decided_at)
    if not row.approved_alone:
        return cell
    return above(cell, isolated(gettext_now("Alone: there was nobody else who could approve it.")))
