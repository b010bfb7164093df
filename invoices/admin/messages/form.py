"""The form of one message text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from billing.admin.page_actions import explain
from billing.errors import DomainError
from invoices.messages.checking import check_wording, tidied
from invoices.messages.variables import RULES
from invoices.messages.wordings import Wording


class WordingForm(forms.Form):
    """The text in its own language and direction, whatever the person's own; refused here as it would be when saved."""

    subject = forms.CharField(label=_("Subject"), required=False)
    body = forms.CharField(label=_("Text"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None, *, use: str, language: str, wording: Wording, is_disabled: bool
    ) -> None:
        super().__init__(data, initial={"subject": wording.subject, "body": wording.body})
        self._use = use
        rules = RULES[use]
        attrs = {"dir": "rtl" if language == "ar" else "ltr", "lang": language, "autocomplete": "off"}
        rows = 3 if rules.is_one_line else 14
        self.fields["subject"].widget = UnfoldAdminTextInputWidget(attrs=attrs)
        self.fields["body"].widget = UnfoldAdminTextareaWidget(attrs=attrs | {"rows": rows})
        if not rules.has_subject:
            del self.fields["subject"]
        for field in self.fields.values():
            field.disabled = is_disabled
            field.required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            check_wording(self._use, tidied(self.wording))
        except DomainError as refusal:
            self.add_error("body", explain(refusal))
        return values

    @property
    def wording(self) -> Wording:
        """As it was typed."""
        return Wording(subject=self.cleaned_data.get("subject", ""), body=self.cleaned_data.get("body", ""))
