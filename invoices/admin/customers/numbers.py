"""The former numbers of a customer: what the page tells of them, who may be a double, and letting a number go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import F, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.cells import instant, isolated, phone_number
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.admin.screens.documents import Column, Notice, Section
from billing.models import Customer
from billing.phones import as_said
from billing.services.merged_customers import no_number, release_number

_MOST_LIKELY: Final = 3
_MOST_KIN: Final = 50


class ReleaseForm(forms.Form):
    former = forms.TypedChoiceField(label=_("Former number"), coerce=int, widget=UnfoldAdminSelectWidget)

    def __init__(self, data: Mapping[str, Any] | None, *, customer: Customer) -> None:
        super().__init__(data)
        field = self.fields["former"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(each.pk, f"\u2066{as_said(each.phone)}\u2069") for each in numbers_of(customer)]


class ReleaseNumber(PageAction):
    name = "release-number"
    title = _("Let a former number go")
    right = Right.MERGE_CUSTOMERS
    icon = "phone_disabled"
    confirm = _("Let the number go")
    is_rare = True

    def is_offered(self, row: Customer) -> bool:
        return bool(numbers_of(row))

    def consequences(self, row: Customer) -> Sequence[Text]:
        return [
            _("The next bill for this number makes a new customer, or is for whoever gets the number."),
            _("What was merged stays with this customer."),
        ]

    def form(self, row: Customer, data: Mapping[str, Any] | None) -> forms.Form:
        return ReleaseForm(data, customer=row)

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        number = release_number(
            merchant_id=row.merchant_id,
            customer_id=row.pk,
            former_id=values["former"],
            actor=doer.actor,
            now=doer.now,
        )
        shown = {"number": f"\u2066{as_said(number)}\u2069"}
        return gettext_now("%(number)s does not lead to this customer any more.") % shown


@dataclass(frozen=True, kw_only=True)
class Kin:
    """`formers` were merged into a customer; `doubles` have the same national id, and may be the same person."""

    formers: list[Customer]
    doubles: list[Customer]


def kin_of(customer: Customer) -> Kin:
    """Asked once for each page: buttons, notices, sections and timeline are all made of it."""
    kin: Kin | None = customer.__dict__.get("kin")
    if kin is None:
        kin = customer.__dict__["kin"] = _read_kin(customer)
    return kin


def _read_kin(customer: Customer) -> Kin:
    """By national id, which an index finds; names alone are too often alike."""
    meant = Q(merged_into=customer.pk)
    if customer.national_id:
        meant |= Q(national_id=customer.national_id, merged_into=None, forgotten_at=None)
    found = Customer.objects.filter(meant, merchant_id=customer.merchant_id).exclude(pk=customer.pk)
    rows = list(found.order_by(F("merged_into").asc(nulls_last=True), "pk")[:_MOST_KIN])
    return Kin(
        formers=[each for each in rows if each.merged_into_id],
        doubles=[each for each in rows if not each.merged_into_id],
    )


def numbers_of(customer: Customer) -> list[Customer]:
    """The rows whose numbers still lead here."""
    return [each for each in kin_of(customer).formers if each.phone != no_number(each.pk)]


def former_section(customer: Customer) -> list[Section]:
    """What was merged into this customer; nothing where nobody was."""
    formers = kin_of(customer).formers
    if not formers:
        return []
    columns = (Column(title=_("Former number")), Column(title=_("Was called")), Column(title=_("Merged")))
    rows = [
        (
            phone_number("—" if each.phone == no_number(each.pk) else each.phone),
            isolated(each.name),
            instant(each.updated_at),
        )
        for each in formers
    ]
    return [Section(title=_("Former numbers"), columns=columns, rows=rows)]


def likely_doubles(customer: Customer) -> list[Notice]:
    return [Notice(text=_likely(customer, other)) for other in kin_of(customer).doubles[:_MOST_LIKELY]]


def _likely(customer: Customer, other: Customer) -> str:
    url = reverse("admin:billing_customer_do", args=[customer.pk, "merge"])
    return format_html(
        '{} <a class="office-link" href="{}?double={}">{}</a>',
        gettext_now("%(name)s, %(phone)s, may be the same person: the national id is the same.")
        % {"name": f"\u2068{other.name}\u2069", "phone": f"\u2066{as_said(other.phone)}\u2069"},
        url,
        other.pk,
        gettext_now("Look at both"),
    )
