"""Tabs above a list: its statuses, one click each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


class TabbedList:
    """Mixed into a screen whose list is filtered by `tab_field`, one tab for each of the choices."""

    tabs: ClassVar[type[TextChoices]]
    tab_field: ClassVar[str] = "status"
    list_before_template = "admin/office/tabs.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra_context = {"status_tabs": self._status_tabs(request)} | (extra_context or {})
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return response

    def _status_tabs(self, request: HttpRequest) -> list[dict[str, Any]]:
        kept = request.GET.copy()
        chosen = kept.pop(self.tab_field, [""])[-1]
        kept.pop("p", None)
        tabs = []
        for value, title in [("", _("All")), *self.tabs.choices]:
            query = kept.copy()
            if value:
                query[self.tab_field] = value
            tabs.append({"title": title, "url": f"?{query.urlencode()}", "is_chosen": value == chosen})
        return tabs
