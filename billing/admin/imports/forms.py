"""The forms of an import: the file, and which of its columns is which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from billing.admin.imports.kinds import kinds_for, may_import
from billing.admin.merchant_field import MerchantField
from billing.admin.roles import Right, merchants_where
from billing.importing.cells import DayForm
from billing.importing.checking import missing_columns
from billing.importing.choices import Choices
from billing.importing.kinds import IMPORT_KINDS, ImportKind
from billing.importing.tables import MOST_BYTES, Table


class UploadForm(forms.Form):
    """Whose file, of what, and the file."""

    merchant = MerchantField()
    kind = forms.ChoiceField(label=_("What is in the file"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=_("Excel (.xlsx) or CSV, at most 5 MB and 10,000 rows. The first row names the columns."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        field = self.fields["merchant"]
        assert isinstance(field, MerchantField)
        field.offer(merchants_where(request, Right.IMPORT).filter(is_active=True))
        self.fields["kind"].choices = kinds_for(request)  # type: ignore[attr-defined]
        self.initial = {"kind": request.GET.get("kind", "")}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext_now("The file is larger than 5 MB. Import it in parts."))
        return file

    def clean(self) -> dict[str, Any]:
        stated: dict[str, Any] = super().clean() or {}
        merchant, kind = stated.get("merchant"), stated.get("kind")
        if merchant and kind and not may_import(self._request, IMPORT_KINDS[kind], merchant.pk):
            self.add_error("kind", gettext_now("Your role may not import these for this merchant."))
        return stated


class ColumnsForm(forms.Form):
    """One choice for each column we know; the others of the file are left out."""

    day_form = forms.ChoiceField(
        label=_("How the file writes days"), choices=DayForm.choices, widget=UnfoldAdminSelectWidget
    )
    restores_zero = forms.BooleanField(
        label=_("Phones have lost their first 0"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Excel takes it away where phones are stored as numbers: 777839071 becomes 0777839071 again."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, kind: ImportKind, table: Table, proposed: Choices) -> None:
        initial = {f"column_{code}": name for code, name in proposed.headers.items()}
        super().__init__(
            data, initial=initial | {"day_form": proposed.day_form, "restores_zero": proposed.restores_zero}
        )
        self._kind = kind
        offered = [("", "—"), *((name, _with_sample(name, table)) for name in table.header if name)]
        if not kind.has_days:
            del self.fields["day_form"]
        if not kind.has_phones:
            del self.fields["restores_zero"]
        for column in kind.columns:
            title = f"{column.title} *" if column.is_required else str(column.title)
            self.fields[f"column_{column.code}"] = forms.ChoiceField(
                label=title, choices=offered, required=False, widget=UnfoldAdminSelectWidget
            )
        self.order_fields([*(f"column_{column.code}" for column in kind.columns), "day_form", "restores_zero"])

    @property
    def choices(self) -> Choices:
        return Choices(
            headers=self._headers(),
            day_form=self.cleaned_data.get("day_form", DayForm.ISO),
            restores_zero=self.cleaned_data.get("restores_zero", False),
        )

    def clean(self) -> dict[str, Any]:
        stated: dict[str, Any] = super().clean() or {}
        headers = self._headers()
        if missing := missing_columns(self._kind, headers):
            told = gettext_now("Choose the columns of: %(missing)s") % {"missing": ", ".join(missing)}
            self.add_error(None, told)
        names = list(headers.values())
        if twice := sorted({name for name in names if names.count(name) > 1}):
            self.add_error(None, gettext_now("Chosen twice: %(names)s") % {"names": ", ".join(twice)})
        return stated

    def _headers(self) -> dict[str, str]:
        chosen = {column.code: self.cleaned_data.get(f"column_{column.code}", "") for column in self._kind.columns}
        return {code: name for code, name in chosen.items() if name}


def _with_sample(name: str, table: Table) -> str:
    place = table.header.index(name)
    sample = next((line.cells[place] for line in table.lines[:20] if line.cells[place]), "")
    # Isolated, or a day beside an Arabic name is shown back to front.
    return f"{name} \u2068({sample[:30]})\u2069" if sample else name
