"""
Pages of a list that begin behind a row, not after so many rows: the thousandth costs what the first one does.

`?before=17` is the page behind row 17 in the list's own order, `?after=17` the one in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from billing.row_ids import is_row_id

BEFORE: Final = "before"
AFTER: Final = "after"


@dataclass(frozen=True, kw_only=True)
class SortKey:
    """One column of an order. Rows without a value stand last, on every database, unless told otherwise."""

    name: str
    is_descending: bool
    may_be_null: bool
    nulls_first: bool = False

    def ordering(self, *, reverse: bool) -> Any:
        descending = self.is_descending != reverse
        if not self.may_be_null:
            return f"-{self.name}" if descending else self.name  # "NULLS LAST" would keep the index from being used
        first = self.nulls_first != reverse
        column = F(self.name)
        place: dict[str, Any] = {"nulls_first": True} if first else {"nulls_last": True}
        return column.desc(**place) if descending else column.asc(**place)

    def beyond(self, value: Any, *, reverse: bool) -> Q:
        """What stands behind this value; in front of it, reversed."""
        nulls_are_beyond = self.may_be_null and self.nulls_first == reverse
        if value is None:
            return Q(pk__in=[]) if nulls_are_beyond else Q(**{f"{self.name}__isnull": False})
        lookup = "lt" if self.is_descending != reverse else "gt"
        found = Q(**{f"{self.name}__{lookup}": value})
        return found | Q(**{f"{self.name}__isnull": True}) if nulls_are_beyond else found

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


@dataclass(frozen=True, kw_only=True)
class RowsOfPage:
    """`previous` and `following` are the rows that the neighbouring pages begin at, where there are any."""

    rows: list[Any]
    previous: int | None
    following: int | None


def sort_keys(model: type[Model], ordering: tuple[Any, ...]) -> list[SortKey]:
    """The columns of an order that ends in the primary key."""
    keys: list[SortKey] = []
    for part in ordering:
        nulls_first = False
        if isinstance(part, OrderBy):
            assert isinstance(part.expression, F)
            name = str(part.expression.name)  # type: ignore[attr-defined]  # the stubs leave it out
            is_descending, nulls_first = part.descending, bool(part.nulls_first)
        else:
            name, is_descending = part.lstrip("-"), part.startswith("-")
        keys.append(
            SortKey(
                name=name,
                is_descending=is_descending,
                may_be_null=_may_be_null(model, name),
                nulls_first=nulls_first,
            )
        )
        if name in ("pk", "id"):
            break
    return keys


def read_page(rows: QuerySet[Any], *, seen: QuerySet[Any], size: int, before: str, after: str) -> RowsOfPage:
    """
    :param rows: in an order that ends in the primary key
    :param seen: all that the person may see; an edge beyond it would tell where a stranger's row stands
    :param before: as it stands in the address, as `after`; what names no row of the list is the first page
    """
    keys = sort_keys(rows.model, tuple(rows.query.order_by))
    if edge := _edge(seen, keys, after):
        found = _ordered(rows.filter(_beyond(keys, edge, reverse=True)), keys, reverse=True)[: size + 1]
        page = list(found)
        if len(page) > size:
            page = page[size - 1 :: -1]
            return RowsOfPage(rows=page, previous=page[0].pk, following=page[-1].pk)
    elif edge := _edge(seen, keys, before):
        page = list(_ordered(rows.filter(_beyond(keys, edge, reverse=False)), keys)[: size + 1])
        if page:
            return _with_following(page, size, previous=page[0].pk)
    return _with_following(list(_ordered(rows, keys)[: size + 1]), size, previous=None)


def _with_following(page: list[Any], size: int, *, previous: int | None) -> RowsOfPage:
    has_more = len(page) > size
    page = page[:size]
    return RowsOfPage(rows=page, previous=previous, following=page[-1].pk if has_more else None)


def _edge(seen: QuerySet[Any], keys: list[SortKey], stated: str) -> tuple[Any, ...] | None:
    """The values that the named row is ordered by. It need not be in the list any more."""
    if not is_row_id(stated):
        return None
    if len(keys) == 1:
        return (int(stated),)
    edge: tuple[Any, ...] | None = seen.filter(pk=stated).values_list(*(key.name for key in keys)).first()
    return edge


def _ordered(rows: QuerySet[Any], keys: list[SortKey], *, reverse: bool = False) -> QuerySet[Any]:
    return rows.order_by(*(key.ordering(reverse=reverse) for key in keys))


def _beyond(keys: list[SortKey], edge: tuple[Any, ...], *, reverse: bool) -> Q:
    """(a, b) < (x, y), spelled so that an index on the first column can be used."""
    steps = []
    same = Q()
    for key, value in zip(keys, edge, strict=True):
        steps.append(same & key.beyond(value, reverse=reverse))
        same &= key.same(value)
    return reduce(or_, steps) & _bound(keys[0], edge[0], reverse=reverse)


def _bound(key: SortKey, value: Any, *, reverse: bool) -> Q:
    if key.may_be_null:
        return Q()
    return Q(**{f"{key.name}__{'lte' if key.is_descending != reverse else 'gte'}": value})


def _may_be_null(model: type[Model], path: str) -> bool:
    for name in path.split("__"):
        if name == "pk":
            return False
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # a computed column
        if getattr(field, "null", False):
            return True
        if field.is_relation and isinstance(field.related_model, type):
            model = field.related_model
    return False
