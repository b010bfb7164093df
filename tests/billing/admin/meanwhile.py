"""What somebody else writes between the reading of a row and its saving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.db.models.signals import pre_save


@contextmanager
def written_meanwhile(row: Model, values: Mapping[str, Any]) -> Iterator[None]:
    def write(sender: Any, **kwargs: Any) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(**values)

    pre_save.connect(write, sender=type(row))
    try:
        yield
    finally:
        pre_save.disconnect(write, sender=type(row))
