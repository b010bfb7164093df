"""Dead invoices whose successor the brake has held back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from invoices.admin.review_filter import ANY
from invoices.models import Invoice
from invoices.models.invoice import InvoiceQuerySet


class HeldBackFilter(OfferedFilter):
    title = _("held back")
    parameter_name = "held_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(ANY, _("New link held back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        assert isinstance(queryset, InvoiceQuerySet)
        return queryset if self.value() is None else queryset.held_back()
