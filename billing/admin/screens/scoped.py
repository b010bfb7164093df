"""The ground of every admin screen: people see and touch their own merchants' rows, and nothing by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets, display
from django.db.models import Field, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from billing.admin.cells import day_text, isolated, link
from billing.admin.lists.change_list import ScopedChangeList
from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.searching import MOST_PEOPLE, Cut, Search
from billing.admin.merchant_names import name_choices
from billing.admin.roles import Right, merchants_where, rights_of, rows_of
from billing.admin.screens.changes import ChangesShown
from billing.models import Customer, Merchant
from billing.row_ids import is_row_id

_DATE_PARTS = ("year", "month", "day", "gte", "gt", "lte", "lt")


class ScopedAdmin(ChangesShown, ModelAdmin):
    """
    Lists, forms, lookups, related rows and histories of the person's own merchants only.

    `see_right` opens the screen, `change_right` its form; without one nothing can be changed. What belongs to another
    merchant answers as if it did not exist. Nothing can be deleted.
    """

    see_right: ClassVar[Right] = Right.SEE
    change_right: ClassVar[Right | None] = None
    add_right: ClassVar[Right | None] = None
    search: ClassVar[Search | None] = None
    # Rows that a page reads with its own, besides those that a line of the list does.
    page_related: ClassVar[tuple[str, ...]] = ()
    # Lookups our own links use, besides those of the filters.
    linked_lookups: ClassVar[tuple[str, ...]] = ()
    # Columns besides the id that an index has in order for each merchant: they sort a list of any length.
    sorted_by_index: ClassVar[tuple[str, ...]] = ()

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would count the whole list
    list_disable_select_all = True
    actions: ClassVar[tuple[str, ...]] = ()

    # --- rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = rows_of(request, super().get_queryset(request))
        related = self.list_select_related if isinstance(self.list_select_related, tuple) else ()
        if request.resolver_match is not None and "object_id" in request.resolver_match.kwargs:
            related += self.page_related
        if related:
            rows = rows.select_related(*related)
        rights = rights_of(request)
        if self.see_right is Right.SEE or rights.is_platform:
            return rows
        return rows.filter(merchant_id__in=rights.merchant_ids(self.see_right))

    def merchant_id_of(self, obj: Any) -> int | None:
        """The merchant a row belongs to, whose roles decide."""
        merchant_id: int | None = obj.merchant_id
        return merchant_id

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    # --- permissions: Django's permission rows play no part

    def allows(self, request: HttpRequest, right: Right | None, obj: Any = None) -> bool:
        if right is None:
            return False
        return rights_of(request).allow(right, None if obj is None else self.merchant_id_of(obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.see_right, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.change_right, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.add_right)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # --- lists

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Without the merchant for people who have only one."""
        rights = rights_of(request)
        is_needed = rights.is_platform or len(rights.roles) > 1
        return [name for name in super().get_list_display(request) if is_needed or name != "merchant_shown"]

    # Named here and not by the model: a foreign key without a name of its own is always called in English.
    @display(description=_("merchant"), ordering="merchant__username")
    def merchant_shown(self, obj: Any) -> SafeString:
        return link(obj.merchant, isolated(obj.merchant)) if obj.merchant_id else isolated("")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return ScopedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With whose list it is and of which day, for whoever prints it."""
        told = {"paper_of": rights_of(request).only_merchant, "paper_day": day_text(timezone.localdate())}
        # Django's "Select ... to view" is none of the tab's business.
        told |= {"title": capfirst(gettext(str(self.opts.verbose_name_plural)))}
        response: HttpResponse = super().changelist_view(request, told | (extra_context or {}))
        return response

    # --- lookups and search

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        if lookup in self.linked_lookups:
            return "\0" not in str(value)  # which no database takes
        return lookup in set(self._known_lookups(request))

    def _known_lookups(self, request: HttpRequest | None) -> Iterable[str]:
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}__{part}" for part in _DATE_PARTS)
        for list_filter in self.get_list_filter(request):
            assert isinstance(list_filter, type)
            assert issubclass(list_filter, OfferedFilter)  # field filters would offer other merchants' values
            yield from list_filter.parameters()

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return list(self.search.fields) if self.search else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if self.search is None:
            return queryset, False
        customers = rows_of(request, Customer.objects.all())
        if is_row_id(merchant := request.GET.get("merchant", "")):  # as `MerchantFilter` has narrowed the rows
            customers = customers.filter(merchant_id=merchant)
        found = self.search.find(
            queryset, search_term, customers=customers, when_cut=lambda cut: _tell_cut(request, cut)
        )
        return found, False

    # --- forms

    def related_rows(self, request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
        """What a foreign key of this form may point at."""
        if model is Merchant:
            right = self.change_right or self.add_right
            return merchants_where(request, right) if right else Merchant.objects.none()
        return rows_of(request, model._default_manager.all())

    def formfield_for_foreignkey(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        assert db_field.related_model is not None
        assert not isinstance(db_field.related_model, str)
        kwargs["queryset"] = self.related_rows(request, db_field.related_model)
        kwargs["label"] = capfirst(str(db_field.related_model._meta.verbose_name))
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Merchant:
            name_choices(field)
        return field

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        for switch in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if formfield is not None and hasattr(formfield.widget, switch):
                setattr(formfield.widget, switch, False)
        return formfield


def _tell_cut(request: HttpRequest, cut: Cut) -> None:
    """Once for an answer, which searches again for the rows that were ticked."""
    if not getattr(request, "search_was_cut", False):
        request.search_was_cut = True  # type: ignore[attr-defined]
        messages.info(request, _text_of(cut))


def _text_of(cut: Cut) -> str:
    if cut is Cut.SHORT_TERM:
        return gettext(
            "So short a text is looked for among the newest customers only. "
            "Write at least three letters of one name, or four digits of a phone."
        )
    text = ngettext(
        "More than %(count)s customer is called so. Only the newest are looked up: write more of the name or phone.",
        "More than %(count)s customers are called so. Only the newest are looked up: write more of the name or phone.",
        MOST_PEOPLE,
    )
    return text % {"count": MOST_PEOPLE}
