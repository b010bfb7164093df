"""Payments somebody has to look at; of one reason also those that are dealt with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from invoices.models import Payment
from invoices.services.surplus import to_review

ANY = "any"


class ReviewFilter(OfferedFilter):
    title = _("for review")
    parameter_name = "review_reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(ANY, _("Any reason")), *Payment.Review.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        if self.value() is None:
            return queryset
        if self.value() == ANY:
            return to_review(queryset)
        return queryset.filter(review_reason=self.value())
