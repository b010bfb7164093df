"""By what the next invoice of a document goes: its own channel, else its customer's, else its merchant's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from billing.admin.roles import rows_of
from billing.models import Bill, Channel, Customer
from billing.tenancy import merchants_of

MOST_NAMED: Final = 2_000


class GoesByFilter(OfferedFilter):
    """Among what invoices are still to come of: it says nothing of what was sent, which the invoice itself keeps."""

    title = _("goes by")
    parameter_name = "channel"
    still_invoiced: ClassVar[tuple[str, ...]] = (Bill.Status.PENDING,)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Channel.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        channel = self.value()
        if channel is None:
            return queryset
        return queryset.filter(_goes_by(request, channel), status__in=self.still_invoiced)


def _goes_by(request: HttpRequest, channel: str) -> Q:
    """In parts that indexes answer one by one: a join would have to look at the customer of every document."""
    theirs, others = customers_choosing(request, channel)
    as_usual = Q(channel="", merchant__in=merchants_using(request, channel)) & ~Q(customer__in=others)
    return Q(channel=channel) | Q(channel="", customer__in=theirs) | as_usual


def customers_choosing(request: HttpRequest, channel: str) -> tuple[Iterable[Any], Iterable[Any]]:
    """
    Those who have chosen this channel, and those who have chosen another one.

    Few have, and few are named by their ids, so that an index finds what belongs to them.
    """
    choosing = rows_of(request, Customer.objects.exclude(channel="").order_by())
    chosen = dict(choosing.values_list("pk", "channel")[: MOST_NAMED + 1])
    if len(chosen) > MOST_NAMED:
        return choosing.filter(channel=channel).values("pk"), choosing.exclude(channel=channel).values("pk")
    return [pk for pk, own in chosen.items() if own == channel], [pk for pk, own in chosen.items() if own != channel]


def merchants_using(request: HttpRequest, channel: str) -> list[int]:
    """The person's merchants that send by it what has no other channel."""
    return list(merchants_of(request.user).filter(channel=channel).values_list("pk", flat=True))
