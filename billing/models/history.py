"""The history of settings and people: who changed what, from what to what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from simple_history.models import HistoricalRecords


def person_at_work(request: HttpRequest | None = None, **kwargs: Any) -> Any:
    """The signed-in person; None for the API's callers, for workers and for commands."""
    user = getattr(request, "user", None)
    return user if isinstance(user, AbstractUser) and user.is_authenticated else None


class ChangeHistory(HistoricalRecords):  # type: ignore[misc]  # the library has no types
    """
    A row for each save that touches a kept field.

    Fields in `without` are never written down: secrets, hashes, and what changes by itself all day.
    """

    def __init__(self, *, without: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(excluded_fields=list(without), get_user=person_at_work, **kwargs)

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        saved = kwargs.get("update_fields")
        if saved is None or not set(saved) <= set(self.excluded_fields):
            super().post_save(instance, created, using=using, **kwargs)
