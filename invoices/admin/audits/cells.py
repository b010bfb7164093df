"""A difference that an audit found, in words a person can follow up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, isolated, label, latin, link
from billing.admin.screens.documents import Column, Section
from invoices.audit.difference import in_words
from invoices.models import AuditDifference

_APPS: Final = ("billing", "subscriptions", "invoices")
_RULES: Final[Mapping[str, str | Promise]] = {
    "I2": _("Sent once"),
    "I3": _("Invoiced once"),
    "I4": _("As the plan says"),
    "I5": _("Paid means paid"),
    "I6": _("Money adds up"),
    "I7": _("Never backwards"),
    "I8": _("Numbers without gaps"),
    "I9": _("Merchants apart"),
    "I10": _("Nothing stuck"),
    "I11": _("Every change noted"),
}


def read_subjects(differences: Iterable[AuditDifference]) -> None:
    """The rows that these are about, a query for each kind and none for each row."""
    found = list(differences)
    for name in {each.subject for each in found}:
        model = _models().get(name)
        about = [each for each in found if each.subject == name]
        rows = {} if model is None else model._default_manager.in_bulk([each.subject_id for each in about])
        for each in about:
            each.subject_row = rows.get(each.subject_id)  # type: ignore[attr-defined]


def about_cell(difference: AuditDifference) -> SafeString:
    """The row's own page, if it has one and the row is still there."""
    model = _models().get(difference.subject)
    kind = model._meta.verbose_name if model else difference.subject
    row: Model | None = getattr(difference, "subject_row", None)
    if row is None:
        return above(latin(difference.subject_id), kind)
    return above(link(row) if type(row) in admin.site._registry else isolated(row), kind)


def rule_cell(difference: AuditDifference) -> SafeString:
    return label(_RULES.get(difference.invariant, difference.invariant), "danger")


def problem_cell(difference: AuditDifference) -> SafeString:
    problem, evidence = in_words(difference.problem)
    return above(isolated(problem), latin(evidence)) if evidence else isolated(problem)


def differences_section(differences: Sequence[AuditDifference], *, more_url: str) -> Section:
    read_subjects(differences)
    rows = [(about_cell(each), problem_cell(each), rule_cell(each), _merchant(each)) for each in differences]
    titles = (_("About"), _("Problem"), _("Rule"), _("Merchant"))
    return Section(
        title=_("Differences"),
        columns=[Column(title=title) for title in titles],
        rows=rows,
        more_url=more_url,
        empty=_("None: everything is as it should be."),
    )


def _merchant(difference: AuditDifference) -> SafeString:
    return link(difference.merchant) if difference.merchant else format_html("—")


def _models() -> dict[str, type[Model]]:
    return {model.__name__: model for name in _APPS for model in apps.get_app_config(name).get_models()}
