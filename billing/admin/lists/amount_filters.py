"""Filters by an amount: from and to, as a person states them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.paging import AFTER, BEFORE
from billing.models import Bill
from billing.money import from_thousandths, to_thousandths
from billing.typed_numbers import read_amount


class OpenAmountFilter(OfferedFilter):
    """Among bills that are still to be paid: their amounts have an index."""

    title = _("amount to be paid")
    parameter_name = "amount"
    template = "admin/office/stated_filter.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.texts = [params.pop(name, [""])[-1].strip() for name in self.parameters()]
        self.stated = [_amount_of(text) for text in self.texts]

    @classmethod
    def parameters(cls) -> Sequence[str]:
        return [f"{cls.parameter_name}_from", f"{cls.parameter_name}_to"]

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters())

    def has_output(self) -> bool:
        return True

    @property
    def is_understood(self) -> bool:
        return all(amount is not None or not text for amount, text in zip(self.stated, self.texts, strict=True))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return []

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything = str(changelist.get_query_string({}, remove=[self.parameter_name]))
        yield {"selected": not any(self.texts), "query_string": everything, "display": gettext_now("All")}
        if any(self.texts):
            words = " – ".join(text or "…" for text in self.texts)
            yield {"selected": True, "query_string": "", "display": words}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Bill]) -> QuerySet[Bill]:
        least, most = self.stated
        if least is not None:
            queryset = queryset.filter(amount__gte=least)
        if most is not None:
            queryset = queryset.filter(amount__lte=most)
        return queryset.filter(status=Bill.Status.PENDING) if any(self.texts) else queryset

    @property
    def inputs(self) -> list[tuple[str, str, str]]:
        """Name, label and value of what a person states the amounts in."""
        return list(zip(self.parameters(), (gettext_now("From"), gettext_now("Up to")), self.texts, strict=True))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else the address says, which the form of the amounts repeats."""
        own = {*self.parameters(), BEFORE, AFTER}
        query: Mapping[str, str] = self.request.GET
        return [(name, value) for name in query if name not in own for value in self.request.GET.getlist(name)]


def _amount_of(text: str) -> Decimal | None:
    try:
        return from_thousandths(to_thousandths(read_amount(text)))
    except ValueError:
        return None
