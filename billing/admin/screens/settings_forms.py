"""Settings that people type over while workers, and other people, write the same rows."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from billing.admin.screens.documents import PagedAdmin


class SettingsAdmin(PagedAdmin):
    """
    A screen whose row is locked before its form is read, so that it is judged, and kept in its history, as it is.

    What the person did not change is not written, and what somebody else changed meanwhile is not written over unseen:
    its form is a `SettingsForm`.
    """

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        with transaction.atomic() if request.method == "POST" else nullcontext():
            if request.method == "POST" and object_id is not None:
                self._lock(request, object_id)
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
            return response

    def _lock(self, request: HttpRequest, object_id: str) -> None:
        row = self.get_object(request, unquote(object_id))
        if row is not None:
            self.model._default_manager.select_for_update(no_key=True).get(pk=row.pk)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        made.request = request  # the class is made anew for each request
        return made

    def save_changes(self, obj: Any, form: Any) -> None:
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=columns.intersection(form.changed_data))
