"""The ground of every list filter: a value counts only if the person is offered it, and any other finds nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.admin import SimpleListFilter


class OfferedFilter(SimpleListFilter):
    """
    A filter whose value counts only if it is one of those offered.

    `ScopedChangeList` shows nothing where one is stated that is not understood: a list that shows more than was asked
    for is an act on more than was meant.
    """

    template = "admin/office/filter.html"

    @classmethod
    def parameters(cls) -> Sequence[str]:
        """What it reads of the address."""
        return [str(cls.parameter_name)]

    def has_output(self) -> bool:
        """Also with nothing to offer, where something is stated: Django leaves other filters out."""
        return bool(self.lookup_choices) or self.parameter_name in self.used_parameters

    @property
    def is_understood(self) -> bool:
        """Nothing is stated, or what is offered."""
        return self.value() is not None or not self.used_parameters.get(str(self.parameter_name))

    def value(self) -> str | None:
        value = super().value()
        return value if value in {str(lookup) for lookup, _title in self.lookup_choices} else None
