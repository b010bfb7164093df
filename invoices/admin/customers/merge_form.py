"""What staff decide when they merge a double: which details stand, and whose the other number is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from billing.models import Channel, Customer, Language
from billing.phones import as_said
from billing.services.merged_customers import CHOSEN, PHONE
from invoices.services.merging.merge import LeftNumber

SURVIVOR: Final = "survivor"
DOUBLE: Final = "double"
_WORDS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "language": dict(Language.choices),
    "channel": dict(Channel.choices),
}


class FindForm(forms.Form):
    find = forms.CharField(
        label=_("Phone, name or national id of the double"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "auto", "autocomplete": "off", "autofocus": True}),
    )


class MergeForm(forms.Form):
    """A choice for the phone and for every other detail about which the two say different things."""

    double = forms.IntegerField(widget=forms.HiddenInput)
    left_number = forms.ChoiceField(
        label=_("The number that does not stand is"),
        choices=LeftNumber.choices,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=_(
            "Theirs too: open invoices stay as they are. Somebody else's: those that went there are cancelled at the "
            "gateway first, then new ones go to the number that stands."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Stays in the timeline. The customer does not see it."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, survivor: Customer, double: Customer | None) -> None:
        super().__init__(data, initial={"double": double.pk if double else None})
        self.found = double
        self._choices = details_that_differ(survivor, double) if double else []
        for name in self._choices:
            self.fields[name] = _choice(name, survivor, double)
        self.order_fields(["double", *self._choices, "left_number", "reason"])

    def clean_double(self) -> int:
        if self.found is None:
            raise forms.ValidationError(gettext_now("Find the double first."))
        return self.found.pk

    @property
    def taken(self) -> frozenset[str]:
        """The details that stand as the double has them."""
        return frozenset(name for name in self._choices if self.cleaned_data[name] == DOUBLE)


def others(customer: Customer) -> QuerySet[Customer]:
    """Whoever may be a double of this customer."""
    rows = Customer.objects.current().filter(merchant_id=customer.merchant_id, forgotten_at=None)
    return rows.exclude(pk=customer.pk)


def details_that_differ(survivor: Customer, double: Customer) -> list[str]:
    both_say = [name for name in CHOSEN if getattr(survivor, name) and getattr(double, name)]
    return [PHONE, *(name for name in both_say if getattr(survivor, name) != getattr(double, name))]


def details_filled(survivor: Customer, double: Customer) -> list[str]:
    """What the customer takes over because it was empty, in the reader's language."""
    names = [name for name in CHOSEN if getattr(double, name) and not getattr(survivor, name)]
    return [str(Customer._meta.get_field(name).verbose_name) for name in names]  # type: ignore[union-attr]


def _choice(name: str, survivor: Customer, double: Customer | None) -> forms.ChoiceField:
    of_survivor, of_double = _shown(name, survivor), _shown(name, double)
    return forms.ChoiceField(
        label=capfirst(str(Customer._meta.get_field(name).verbose_name)),  # type: ignore[union-attr]
        choices=[
            (SURVIVOR, gettext_now("%(detail)s, as this customer has it") % {"detail": of_survivor}),
            (DOUBLE, gettext_now("%(detail)s, as the double has it") % {"detail": of_double}),
        ],
        initial=SURVIVOR,
        widget=UnfoldAdminRadioSelectWidget,
    )


def _shown(name: str, customer: Customer | None) -> str:
    """On its own, so that a number or an English name keeps its direction in Arabic."""
    value = as_said(getattr(customer, name)) if name == PHONE else getattr(customer, name)
    start = "\u2066" if name in (PHONE, "email", "national_id") else "\u2068"
    return f"{start}{_WORDS.get(name, {}).get(value, value)}\u2069"
