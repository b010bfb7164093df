"""Overdue beside the statuses of what is owed, of which it is none: what was asked for and is late."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.tabs import TabbedList

OVERDUE: Final = ("OVERDUE", _("Overdue"))


def late(rows: QuerySet[Any], owed: str) -> QuerySet[Any]:
    """:param owed: the status of what was asked for; it is late after its day where the person works"""
    return rows.filter(status=owed, due_date__lt=timezone.localdate())


def with_overdue(choices: Any, *, owed: str) -> list[tuple[str, Any]]:
    """Behind the status that those which are late have."""
    place = choices.values.index(owed) + 1
    return [*choices.choices[:place], OVERDUE, *choices.choices[place:]]


class OverdueTab(TabbedList):
    """Tabs with one more, whose rows stand behind another tab too."""

    owed_status: ClassVar[str]

    @property
    def tab_choices(self) -> list[tuple[str, Any]]:
        return with_overdue(self.tabs, owed=self.owed_status)

    def on_tab(self, found: QuerySet[Any], value: str) -> QuerySet[Any]:
        return late(found, self.owed_status) if value == OVERDUE[0] else super().on_tab(found, value)
