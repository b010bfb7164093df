"""A form of settings knows what it showed: what somebody else has changed since is neither undone nor overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.admin.cells import day_text
from billing.admin.screens.changes import value_text, who_changed

FIELD: Final = "values_shown"
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """
    Carries the values it was rendered with, signed, and compares them with the row as it is when it comes back.

    A field the person left alone takes what the row has now. One that they and somebody else changed is refused once:
    the form that comes back shows who did, and carries the newer value. Only columns of the row are carried, so
    neither secrets nor files ever are.
    """

    request: ClassVar[HttpRequest]

    @property
    def values_shown(self) -> str:
        """For the hidden field; nothing for a row that is yet to be made."""
        if self.instance.pk is None:
            return ""
        texts = {name: self._text_now(name) for name in self._columns()}
        if self.is_bound:
            # Wrong in itself, so it was not yet told that somebody else changed it.
            texts |= {name: text for name, text in self._shown.items() if name in self.errors.keys() - self._told}
        return signing.dumps(texts, salt=self._salt, compress=True)

    def full_clean(self) -> None:
        if self.is_bound:
            self._shown, self._told = self._read_shown(), set[str]()
            self.data = self._with_newer_values(self._shown)
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in self._overtaken():
            self._told.add(name)
            self.add_error(name, self._explain(name))
        return values

    @property
    def _salt(self) -> str:
        return f"settings:{self._meta.model._meta.label}:{self.instance.pk}"

    def _columns(self) -> list[str]:
        return [name for name in self.fields if name in self.initial]

    def _text_now(self, name: str) -> str:
        value = self.fields[name].prepare_value(self[name].initial)
        return "" if value is None else str(value)

    def _read_shown(self) -> dict[str, str]:
        """Nothing where it carries none that we signed: it is judged by the row alone then."""
        try:
            found: dict[str, str] = signing.loads(self.data.get(FIELD, ""), salt=self._salt)
        except signing.BadSignature:
            return {}
        return {name: text for name, text in found.items() if name in self._columns()}

    def _with_newer_values(self, shown: Mapping[str, str]) -> Any:
        data: Any = self.data
        data = data.copy()
        for name in self._changed_by_others(shown):
            if not self._differs(name, shown[name]):
                data[self.add_prefix(name)] = self._text_now(name)
        return data

    def _overtaken(self) -> list[str]:
        """Changed by this person and by another one, and not to the same value."""
        return [
            name
            for name in self._changed_by_others(self._shown)
            if name not in self.errors and self._differs(name, self._text_now(name))
        ]

    def _changed_by_others(self, shown: Mapping[str, str]) -> list[str]:
        return [name for name, text in shown.items() if text != self._text_now(name)]

    def _differs(self, name: str, text: str) -> bool:
        """Whether what was sent is something else than this."""
        field, bound = self.fields[name], self[name]
        return field.has_changed(field.to_python(text), bound.data)

    def _explain(self, name: str) -> str:
        old, new = self._isolated(name, self._shown[name]), self._isolated(name, self._text_now(name))
        told = {"old": old, "new": new}
        if (change := who_changed(self.instance, name, self.request)) is None:
            return _("Changed meanwhile from %(old)s to %(new)s. Save again to put yours in its place.") % told
        told |= {"who": _isolate(change.who), "time": _time_text(change.when)}
        return (
            _("Changed by %(who)s meanwhile (%(time)s) from %(old)s to %(new)s. Save again to put yours in its place.")
            % told
        )

    def _isolated(self, name: str, text: str) -> str:
        column = self._meta.model._meta.get_field(name)
        return _isolate(value_text(column, self.fields[name].to_python(text)))


def _isolate(text: str) -> str:
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def _time_text(when: Any) -> str:
    local = timezone.localtime(when)
    day = "" if local.date() == timezone.localdate() else f"{day_text(local.date())} "
    return f"{day}{local:%H:%M}"
