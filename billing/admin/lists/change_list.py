"""A list of any length: counted as far as counting is cheap, paged by rows, sorted by what the database can sort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from billing.admin.lists.counting import ListCount, count_of
from billing.admin.lists.paging import AFTER, BEFORE, read_page, sort_keys
from billing.admin.lists.sums import ListSum, first_sums

# Up to so many rows any column may sort a list; beyond, only one that an index has in order.
MOST_SORTED: Final = 50_000


@dataclass(frozen=True, kw_only=True)
class ListPages:
    """What stands below a list. It takes the place of Django's paginator, which counts and skips rows."""

    count: ListCount
    sums: list[ListSum]
    previous_url: str
    next_url: str
    first_url: str
    template_name: str = "admin/office/pages.html"


class ScopedChangeList(ChangeList):
    """
    `queryset` is all that the filters and the search find, in the list's order; `result_list` one page of it.

    `on_all_tabs` is the same but for the tab: searched once for both, so that what a tab counts is what it shows.
    """

    queryset: QuerySet[Any]
    on_all_tabs: QuerySet[Any]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.before, self.after = request.GET.get(BEFORE, ""), request.GET.get(AFTER, "")
        super().__init__(request, *args, **kwargs)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        for name in (BEFORE, AFTER):  # every other filter, order or search begins at the first page again
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        tab = getattr(self.model_admin, "tab_field", None)
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters or [tab])
        self.on_all_tabs = rows if self._is_understood(request) else rows.none()
        rows = self.on_all_tabs
        for spec in self.filter_specs:
            rows = spec.queryset(request, rows) if spec.parameter_name == tab else rows
        return rows

    def _is_understood(self, request: HttpRequest) -> bool:
        """What is stated in vain shows nothing, else it would show more than was asked for."""
        is_searched = bool(self.query and self.search_fields) or not request.GET.get(SEARCH_VAR, "").strip()
        return is_searched and all(spec.is_understood for spec in self.filter_specs)

    def get_results(self, request: HttpRequest) -> None:
        if not self._is_understood(request):
            messages.warning(request, _("A filter or the search asks for what is not there, so nothing is shown."))
        sums = first_sums(self.queryset)
        count = count_of(self.queryset) if sums is None else sums.count
        self._keep_order_cheap(request, count)
        page = read_page(
            self.queryset, seen=self.root_queryset, size=self.list_per_page, before=self.before, after=self.after
        )
        self.result_list = page.rows
        self.result_count = self.full_result_count = count.number
        self.show_full_result_count = False
        self.show_admin_actions = bool(page.rows)
        self.can_show_all = self.multi_page = False
        self.paginator = ListPages(
            count=count,
            sums=sums.sums if sums else [],
            previous_url=self._page_url(AFTER, page.previous),
            next_url=self._page_url(BEFORE, page.following),
            first_url=self._page_url() if page.previous else "",
        )

    def _keep_order_cheap(self, request: HttpRequest, count: ListCount) -> None:
        keys = sort_keys(self.model, tuple(self.queryset.query.order_by))
        is_cheap = keys[0].name in ("pk", "id", *self.model_admin.sorted_by_index)
        if ORDER_VAR not in self.params or is_cheap or count.number <= MOST_SORTED:
            return
        del self.params[ORDER_VAR]
        self.queryset = self.queryset.order_by(*self._get_deterministic_ordering(self._get_default_ordering()))
        messages.info(request, _("Too many rows to sort by this column. Filter or search first."))

    @property
    def chosen(self) -> list[tuple[str, str, str]]:
        """The filters that narrow the list, but for its tabs: each one's title, its choice, the list without it."""
        on_tabs = getattr(self.model_admin, "tab_field", None)
        found = []
        for spec in self.filter_specs:
            everything, *choices = spec.choices(self)
            words = [str(choice["display"]) for choice in choices if choice["selected"]]
            if words and spec.parameter_name != on_tabs:
                found.append((str(spec.title), words[0], str(everything["query_string"])))
        return found

    def _page_url(self, name: str = "", pk: int | None = None) -> str:
        if name and pk is None:
            return ""
        query = QueryDict(mutable=True)
        for parameter, values in sorted(self.filter_params.items()):
            query.setlist(parameter, values)
        if name:
            query[name] = str(pk)
        return f"?{query.urlencode()}"
