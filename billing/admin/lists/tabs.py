"""Tabs above a list: its statuses, one click each, and how many rows are behind each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from billing.admin.lists.counting import MOST_ON_A_TAB, count_each
from billing.admin.lists.paging import AFTER, BEFORE


class TabbedList:
    """
    Mixed into a screen whose list is filtered by `tab_field`, one tab for each of the choices.

    A tab counts what the list would show behind it, under the other filters and the search.
    """

    tabs: ClassVar[type[TextChoices]]
    tab_field: ClassVar[str] = "status"
    list_before_template = "admin/office/tabs.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        context = getattr(response, "context_data", None)
        if context is not None and "cl" in context:
            context["status_tabs"] = self._status_tabs(request, context["cl"].on_all_tabs)
        return response

    @property
    def tab_choices(self) -> list[tuple[str, Any]]:
        return self.tabs.choices

    def on_tab(self, found: QuerySet[Any], value: str) -> QuerySet[Any]:
        """As the filter of that name narrows them."""
        return found.filter(**{self.tab_field: value})

    def _status_tabs(self, request: HttpRequest, found: QuerySet[Any]) -> list[dict[str, Any]]:
        kept = request.GET.copy()
        chosen = kept.pop(self.tab_field, [""])[-1]
        for name in (BEFORE, AFTER):
            kept.pop(name, None)
        counts = count_each({value: self.on_tab(found, value) for value, _title in self.tab_choices})
        total = sum(counts[value] for value in self.tabs.values)
        tabs = []
        for value, title in [("", _("All")), *self.tab_choices]:
            query = kept.copy()
            if value:
                query[self.tab_field] = value
            count = counts[value] if value else total
            tabs.append(
                {
                    "title": title,
                    "url": f"?{query.urlencode()}",
                    "is_chosen": value == chosen,
                    "count": _shown(count),
                }
            )
        return tabs


def _shown(count: int) -> str:
    return f"{count:,}" if count <= MOST_ON_A_TAB else f"{MOST_ON_A_TAB:,}+"
