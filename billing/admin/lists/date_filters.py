"""Filters by a day: presets that move with the calendar, or from and until days that a person states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import day_text
from billing.admin.form_fields import FIRST_DAY, LAST_DAY
from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.paging import AFTER, BEFORE
from billing.typed_numbers import DIGITS

Days = tuple[date | None, date | None]

_SPREAD: Final = timedelta(days=32)  # from the first of a month into the next one


class DateFilter(OfferedFilter):
    """
    `presets` name days, the first and the last included, as they are today.

    What is stated by hand counts where no preset is chosen, in Western or Arabic digits.
    """

    template = "admin/office/date_filter.html"
    presets: ClassVar[Mapping[str, tuple[str | Promise, Callable[[date], Days]]]]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        texts = [params.pop(name, [""])[-1] for name in self.parameters()[1:]]
        first, last = map(_day_of, texts)
        self._are_days = all(day or not text for day, text in zip((first, last), texts, strict=True))
        self.stated: Days = (None, None) if self.value() else (first, last)

    @classmethod
    def parameters(cls) -> Sequence[str]:
        return [f"{cls.parameter_name}{part}" for part in ("", "_from", "_until")]

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters())

    @property
    def is_understood(self) -> bool:
        return super().is_understood and self._are_days

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, title) for value, (title, _days) in self.presets.items()]

    def choices(self, changelist: Any) -> Iterator[Any]:
        name = str(self.parameter_name)

        def link(chosen: Mapping[str, str]) -> str:
            return str(changelist.get_query_string(chosen, remove=[name]))

        yield {"selected": not any(self.days), "query_string": link({}), "display": gettext_now("All")}
        for value, title in self.lookup_choices:
            yield {"selected": value == self.value(), "query_string": link({name: value}), "display": title}
        if any(self.stated):
            yield {"selected": True, "query_string": "", "display": _words(*self.stated)}

    @property
    def days(self) -> Days:
        value = self.value()
        return self.presets[value][1](timezone.localdate()) if value else self.stated

    @property
    def inputs(self) -> list[tuple[str, str, str]]:
        """Name, label and value of what a person states the days in."""
        labels = (gettext_now("From"), gettext_now("Until"))
        values = (day.isoformat() if day else "" for day in self.stated)
        return list(zip(self.parameters()[1:], labels, values, strict=True))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else the address says, which the form of the days repeats."""
        own = {*self.parameters(), BEFORE, AFTER}
        query: Any = self.request.GET
        return [(name, value) for name in query if name not in own for value in query.getlist(name)]


class DueFilter(DateFilter):
    """By the due date, counted from the day it is where the person works. Overdue means still owed."""

    title = _("due date")
    parameter_name = "due"
    owed: ClassVar[tuple[str, ...]] = ("PENDING",)
    presets: ClassVar[Any] = {
        "overdue": (_("Overdue"), lambda today: (None, today - timedelta(days=1))),
        "today": (_("Today"), lambda today: (today, today)),
        "week": (_("Within 7 days"), lambda today: (today, today + timedelta(days=7))),
        "month": (_("Within 30 days"), lambda today: (today, today + timedelta(days=30))),
        "this-month": (_("This month"), lambda today: month_of(today)),
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self.days
        if first:
            queryset = queryset.filter(due_date__gte=first)
        if last:
            queryset = queryset.filter(due_date__lte=last)
        return queryset.filter(status__in=self.owed) if self.value() == "overdue" else queryset


class InstallmentDueFilter(DueFilter):
    owed = ("INVOICED",)


class RecentFilter(DateFilter):
    """By when it happened; `filters.recent_filter` makes one for a column."""

    field: ClassVar[str]
    presets: ClassVar[Any] = {
        "today": (_("Today"), lambda today: (today, None)),
        "week": (_("Last 7 days"), lambda today: (today - timedelta(days=7), None)),
        "month": (_("Last 30 days"), lambda today: (today - timedelta(days=30), None)),
        "this-month": (_("This month"), lambda today: month_of(today)),
        "last-month": (_("Last month"), lambda today: month_of(today.replace(day=1) - timedelta(days=1))),
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self.days
        if first:
            queryset = queryset.filter(**{f"{self.field}__gte": _midnight(first)})
        if last:
            queryset = queryset.filter(**{f"{self.field}__lt": _midnight(last + timedelta(days=1))})
        return queryset


def _words(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{day_text(first)} – {day_text(last)}"
    if first:
        return gettext_now("from %(day)s") % {"day": day_text(first)}
    return gettext_now("until %(day)s") % {"day": day_text(last)} if last else ""


def month_of(day: date) -> Days:
    first = day.replace(day=1)
    return first, (first + _SPREAD).replace(day=1) - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.translate(DIGITS))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
