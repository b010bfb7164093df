"""Notes that staff leave for each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Event
from billing.services.notes import MOST_CHARACTERS, add_note


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=MOST_CHARACTERS, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class AddNote(PageAction):
    """For every kind of row that has a timeline of its own."""

    name = "note"
    title = _("Add a note")
    right = Right.ADD_NOTES
    icon = "sticky_note_2"
    confirm = _("Add the note")
    is_rare = True

    def consequences(self, row: Model) -> Sequence[Text]:
        return [_("Your colleagues see it in the timeline, the customer does not. It cannot be changed afterwards.")]

    def form(self, row: Model | None, data: Mapping[str, Any] | None) -> forms.Form:
        return NoteForm(data)

    def run(self, row: Any, *, values: Mapping[str, Any], doer: Doer) -> str:
        subject = Event.Subject(str(row._meta.model_name).upper())
        add_note(merchant_id=row.merchant_id, subject=subject, subject_id=row.pk, text=values["text"], actor=doer.actor)
        return gettext_now("The note is in the timeline.")


class NoteAtHand(AddNote):
    """Where it is one of the first things done: on somebody's page while they are called."""

    is_rare = False
