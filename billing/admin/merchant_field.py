"""The field for whose something is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.models import Merchant


class MerchantField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none when it runs
    """One of the merchants that the person is offered. Where there is only one, it is chosen already."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"label": _("Merchant"), "widget": UnfoldAdminSelectWidget}
        super().__init__(**own | kwargs | {"queryset": Merchant.objects.none()})

    def offer(self, merchants: QuerySet[Merchant]) -> Merchant | None:
        """The only one, if it is."""
        self.queryset = merchants
        first = list(merchants[:2])
        only = first[0] if len(first) == 1 else None
        self.initial = only
        return only
