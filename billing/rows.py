"""
Rows in and out by statements built once.

Django builds the SQL of a query anew each time, which costs more than running it: half of what a posted bill costs
(`bench/add_bill.py`). On that path, and only there, rows are inserted and joined through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def insert_rows(instances: Sequence[Model]) -> None:
    """
    Several new ones of one model in one statement, in their order; at most some hundreds, for each value is a
    parameter. Their fields are all set; they get their keys. No signals are sent.

    :raises django.db.IntegrityError: and then none is inserted
    """
    if not instances:
        return
    model = type(instances[0])
    fields = _fields_without_key(model)
    values = [
        field.get_db_prep_save(getattr(instance, field.attname), connection)
        for instance in instances
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert_statement(model, len(instances)), values)
        keys = cursor.fetchall()
    for instance, (key,) in zip(instances, keys, strict=True):
        instance.pk = key
        instance._state.adding, instance._state.db = False, "default"


@lru_cache(maxsize=16)
def column_list(model: type[Model], alias: str) -> str:
    """`k.id, k.prefix, …`: every column, in the order in which `read_row` takes them."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def read_row(model: type[Row], columns: Sequence[Any]) -> Row:
    """An instance from the columns of `column_list`."""
    values = list(columns)
    for place, column, converters in _conversions(model, connection.vendor):
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    return model.from_db("default", _names(model), values)


@lru_cache(maxsize=16)
def _conversions(model: type[Model], vendor: str) -> list[tuple[int, Any, list[Any]]]:
    """Where a column's value is not yet the field's, and what makes it so on this kind of database."""
    found = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.cached_col
        converters = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
        if converters:
            found.append((place, column, converters))
    return found


@lru_cache(maxsize=16)
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@lru_cache(maxsize=64)
def _insert_statement(model: type[Model], count: int) -> str:
    fields = _fields_without_key(model)
    columns = ", ".join(field.column for field in fields)
    places = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * count)
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {places} RETURNING id"  # noqa: S608


@lru_cache(maxsize=16)
def _fields_without_key(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
