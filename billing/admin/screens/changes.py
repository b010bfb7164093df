"""The history of a row of settings: who changed what, from what to what. Secrets were never written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Field
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from billing.admin.cells import instant
from billing.admin.roles import Right, rights_of, staff_of
from billing.models import User

_MOST: Final = 100


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    name: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Change:
    what: str
    who: str
    when: datetime
    fields: list[FieldChange] = field(default_factory=list)


class ChangesShown:
    """Mixed into a screen; it shows the history of models that keep one, to those who see the set-up."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["show_history"] = row is not None and self._shows_changes(request, row)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def _shows_changes(self: Any, request: HttpRequest, row: Any) -> bool:
        return hasattr(self.model, "history") and bool(self.allows(request, Right.SEE_SETUP, row))

    def history_view(self: Any, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not self._shows_changes(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": _("Changes: %(name)s") % {"name": row},
            "changes": read_changes(row, request),
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/office/changes.html", context)


def read_changes(row: Any, request: HttpRequest) -> list[Change]:
    """The newest first. Saves that changed nothing which is kept are left out."""
    records = list(row.history.order_by("-history_date", "-history_id")[: _MOST + 1])
    names = _names({record.history_user_id for record in records}, request)
    changes = [_change(new, old, names) for new, old in pairwise(records)]
    if records and records[-1].history_type == "+" and len(records) <= _MOST:
        changes.append(_change(records[-1], None, names))
    return [change for change in changes if change.fields or change.what != _("Changed")]


def who_changed(row: Any, name: str, request: HttpRequest) -> Change | None:
    """The last change of this field, as far as it is kept."""
    if name not in {field.name for field in row.history.model.tracked_fields}:
        return None
    records = list(row.history.order_by("-history_date", "-history_id")[:_MOST])
    for new, old in pairwise(records):
        if getattr(new, name) != getattr(old, name):
            return _change(new, old, _names({new.history_user_id}, request))
    return None


def _change(new: Any, old: Any, names: dict[int, str]) -> Change:
    who = names.get(new.history_user_id, _("Somebody else")) if new.history_user_id else _("Automatic")
    is_change = old is not None and new.history_type == "~"
    fields = _differences(new, old) if is_change else []
    return Change(what=str(new.get_history_type_display()), who=who, when=new.history_date, fields=fields)


def _differences(new: Any, old: Any) -> list[FieldChange]:
    """Of every kept field: the library's own comparison knows only those that forms change."""
    fields = [each for each in new.tracked_fields if getattr(new, each.attname) != getattr(old, each.attname)]
    return [_field_change(each, getattr(old, each.attname), getattr(new, each.attname)) for each in fields]


def _field_change(field: Field[Any, Any], old: Any, new: Any) -> FieldChange:
    return FieldChange(name=capfirst(str(field.verbose_name)), old=value_text(field, old), new=value_text(field, new))


def value_text(field: Field[Any, Any], value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return instant(value)
    shown = dict(field.flatchoices).get(value, value)
    return "—" if shown in (None, "", []) else str(shown)


def _names(user_ids: Iterable[int | None], request: HttpRequest) -> dict[int, str]:
    """Of those the reader works with. A person may have been changed by another merchant's owner."""
    people = User.objects.filter(pk__in=[pk for pk in user_ids if pk is not None])
    rights = rights_of(request)
    if not rights.is_platform:
        colleagues = people.filter(memberships__merchant_id__in=rights.roles.keys())
        people = (colleagues | people.filter(pk=staff_of(request).pk)).distinct()
    return {person.pk: person.display_name for person in people}
