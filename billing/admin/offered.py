"""The ground of every list filter: a value counts only if the person is offered it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.admin import SimpleListFilter


class OfferedFilter(SimpleListFilter):
    """A filter whose value counts only if it is one of those offered."""

    template = "admin/office/filter.html"

    @classmethod
    def parameters(cls) -> Sequence[str]:
        """What it reads of the address."""
        return [str(cls.parameter_name)]

    def value(self) -> str | None:
        value = super().value()
        return value if value in {str(lookup) for lookup, _title in self.lookup_choices} else None
