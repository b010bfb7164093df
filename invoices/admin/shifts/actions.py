"""Opening a shift, and closing it with what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.cells import money_text
from billing.admin.form_fields import AmountField
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right, read_rights
from billing.models import Merchant
from invoices.models import Payment, Shift
from invoices.services.shifts import METHODS, close_shift, expected_in, open_shift

Method = Payment.Method


def _counted(label: str, currency: str) -> AmountField:
    """Zero is something one can count."""
    return AmountField(label=label, currency=currency, may_be_zero=True)


class OpeningForm(forms.Form):
    def __init__(self, data: Mapping[str, Any] | None, *, currency: str) -> None:
        super().__init__(data)
        self.fields["opening_float"] = _counted(gettext_now("Cash in the drawer"), currency)


class OpenShift(PageAction):
    name = "open-shift"
    title = _("Open a shift")
    right = Right.TAKE_PAYMENT
    icon = "point_of_sale"
    confirm = _("Open the shift")

    def is_offered(self, row: Merchant) -> bool:
        """Not among a merchant's settings: home, the list of shifts and the till offer it to who has none open."""
        return False

    def consequences(self, row: Merchant) -> Sequence[Text]:
        return [_("Cash and transfers that you record from now on belong to your shift, until you close it.")]

    def form(self, row: Merchant, data: Mapping[str, Any] | None) -> forms.Form:
        return OpeningForm(data, currency=row.currency)

    def run(self, row: Merchant, *, values: Mapping[str, Any], doer: Doer) -> str:
        open_shift(merchant=row, cashier=doer.user, opening_float=values["opening_float"], now=doer.now)
        return gettext_now("Your shift is open. Cash and transfers you record are listed here.")

    def lands_on(self, row: Merchant, doer: Doer) -> str:
        """Their shift, also where it was open already."""
        shift = Shift.objects.filter(merchant=row, cashier=doer.user, closed_at=None).first()
        return reverse("admin:invoices_shift_change", args=[shift.pk]) if shift else ""


class ClosingForm(forms.Form):
    """A difference is said before the shift is closed, and needs a note."""

    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Needed where what was counted differs."),
    )
    field_order = (Method.CASH.value, Method.TRANSFER.value, "note")

    def __init__(self, data: Mapping[str, Any] | None, *, shift: Shift) -> None:
        super().__init__(data)
        self.shift = shift
        self.fields[Method.CASH.value] = _counted(gettext_now("Cash counted"), shift.currency)
        self.fields[Method.TRANSFER.value] = _counted(gettext_now("Transfers counted"), shift.currency)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if not values.get("note") and all(method.value in values for method in METHODS):
            expected = expected_in(self.shift)
            differing = [method for method in METHODS if values[method.value] != expected[method]]
            for method in differing:
                self.add_error(method.value, self._said(expected[method], values[method.value]))
        return values

    def _said(self, expected: Decimal, counted: Decimal) -> str:
        shown = {"expected": expected, "difference": counted - expected}
        amounts = {name: f"\u2068{money_text(amount, self.shift.currency)}\u2069" for name, amount in shown.items()}
        return (
            gettext_now(
                "%(expected)s should be there: a difference of %(difference)s. "
                "Count again, or say why in the note and close."
            )
            % amounts
        )


class CloseShift(PageAction):
    name = "close"
    title = _("Close the shift")
    right = Right.TAKE_PAYMENT
    icon = "lock"
    variant = ActionVariant.PRIMARY
    confirm = _("Close the shift")

    def is_offered(self, row: Shift) -> bool:
        return row.is_open

    def consequences(self, row: Shift) -> Sequence[Text]:
        return [
            _("Count all the cash in the drawer, with what was in it at the start."),
            _("A closed shift cannot be opened again."),
        ]

    def form(self, row: Shift, data: Mapping[str, Any] | None) -> forms.Form:
        return ClosingForm(data, shift=row)

    def run(self, row: Shift, *, values: Mapping[str, Any], doer: Doer) -> str:
        close_shift(
            merchant_id=row.merchant_id,
            shift_id=row.pk,
            counted={method: values[method.value] for method in METHODS},
            note=values["note"],
            user=doer.user,
            may_close_others=read_rights(doer.user).allow(Right.OVERSEE_SHIFTS, row.merchant_id),
            now=doer.now,
        )
        return gettext_now("The shift is closed.")
