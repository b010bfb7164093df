"""Filters by one row among many: a part of its name is written, what has it is offered, and one is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.paging import AFTER, BEFORE
from billing.admin.lists.searching import Search
from billing.admin.roles import rights_of, rows_of
from billing.models import Bill, Customer, Membership, Merchant, User
from billing.phones import as_said
from billing.row_ids import is_row_id
from billing.tenancy import merchants_of

_MOST_OFFERED: Final = 8
_MOST_BILLS: Final = 5_000
_MOST_SERVICES: Final = 500


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    `rows` are those the person may see; `words` what a row is called, what tells it apart, and whose it is; `value`
    what the address says for it.
    """

    rows: Callable[[HttpRequest], QuerySet[Any]]
    search: Search
    words: Callable[[Any], tuple[str, str, str]]
    value: Callable[[Any], str] = lambda row: str(row.pk)


def _people(request: HttpRequest) -> QuerySet[User]:
    memberships = rows_of(request, Membership.objects.order_by())
    return User.objects.filter(pk__in=memberships.values("user_id")).order_by("username")


def _merchants(request: HttpRequest) -> QuerySet[Merchant]:
    return merchants_of(request.user).order_by("username")


def _customers(request: HttpRequest) -> QuerySet[Customer]:
    return rows_of(request, Customer.objects.current().select_related("merchant").order_by("-pk"))


def _of_services(request: HttpRequest) -> QuerySet[Bill]:
    """The newest bill of each service that the newest bills are for: nobody looks through all of them."""
    newest: dict[tuple[int, str], int] = {}
    bills = rows_of(request, Bill.objects.order_by("-pk")).values_list("merchant_id", "service_type", "pk")
    for merchant_id, service, pk in bills[:_MOST_BILLS]:
        newest.setdefault((merchant_id, service), pk)
    ids = list(newest.values())[:_MOST_SERVICES]
    return Bill.objects.filter(pk__in=ids).select_related("merchant").order_by("service_type", "pk")


KINDS: Final[Mapping[str, Kind]] = {
    "customer": Kind(
        rows=_customers,
        search=Search(numbers=("national_id",), phones=("phone",), spelled=("search_name",)),
        words=lambda row: (row.name, as_said(row.phone), str(row.merchant)),
    ),
    "merchant": Kind(
        rows=_merchants,
        search=Search(names=("username", "name_en", "name_ar")),
        words=lambda row: (str(row), row.username, ""),
    ),
    "service": Kind(
        rows=_of_services,
        search=Search(names=("service_type",)),
        words=lambda row: (row.service_type, "", str(row.merchant)),
        value=lambda row: row.service_type,
    ),
    "person": Kind(
        rows=_people,
        search=Search(names=("username", "first_name", "last_name")),
        words=lambda row: (row.display_name, row.username if row.get_full_name() else "", ""),
    ),
}


class ChosenFilter(OfferedFilter):
    """What the person may not see is not there: neither offered, nor named, nor found."""

    template = "admin/office/chosen_filter.html"
    kind: ClassVar[str]
    is_searched = True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stated = self.used_parameters.get(str(self.parameter_name), "")
        if not is_row_id(stated):
            return []
        kind = KINDS[self.kind]
        row: Model | None = kind.rows(request).filter(pk=stated).first()
        return [(stated, kind.words(row)[0])] if row is not None else []

    def has_output(self) -> bool:
        return self.is_searched or super().has_output()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset

    @property
    def offers_url(self) -> str:
        query = self.request.GET.urlencode()
        stated = {"kind": self.kind, "as": str(self.parameter_name), "list": query}
        return f"{reverse('admin:offers')}?{urlencode(stated)}"


class CustomerFilter(ChosenFilter):
    title = _("customer")
    parameter_name = "customer"
    kind = "customer"


class PlanCustomerFilter(CustomerFilter):
    parameter_name = "subscription__customer"


class ServiceFilter(ChosenFilter):
    """By what a bill is for, as it is written there; it may be older than what is offered."""

    title = _("service")
    parameter_name = "service_type"
    kind = "service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stated = self.used_parameters.get(str(self.parameter_name), "")
        return [(stated, stated)] if stated and "\0" not in stated else []


class RecorderFilter(ChosenFilter):
    title = _("recorded by")
    parameter_name = "recorded_by"
    kind = "person"


def offers_view(request: HttpRequest) -> HttpResponse:
    """What a filter's box offers for what is written in it, each as a link to the list under that filter."""
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        raise Http404
    rows = kind.search.find(kind.rows(request), request.GET.get("term", ""))[:_MOST_OFFERED]
    query = QueryDict(request.GET.get("list", ""), mutable=True)
    for name in (BEFORE, AFTER):
        query.pop(name, None)
    offers = []
    for row in rows:
        query[request.GET.get("as", "")] = kind.value(row)
        offers.append((*kind.words(row), f"?{query.urlencode()}"))
    is_several = rights_of(request).is_platform or len(rights_of(request).roles) > 1
    return render(request, "admin/office/offers.html", {"offers": offers, "is_several": is_several})
