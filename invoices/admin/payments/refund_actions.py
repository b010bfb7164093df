"""Giving money back: asking for it on the payment's page, deciding and paying out on the refund's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.admin.acts.approving import APPROVE
from billing.admin.bills.cancelling import ReasonForm
from billing.admin.cells import money_text
from billing.admin.form_fields import AmountField
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.money import CURRENCY_DECIMALS
from invoices.admin.payments.left_over import rest_shown
from invoices.models import Payment, Refund
from invoices.services.refunds import approve_refund, complete_refund, left_to_refund, reject_refund, request_refund


class RefundForm(ReasonForm):
    """`left` is what the person was shown: the same click twice asks once."""

    amount = AmountField(label=_("Amount"))
    method = forms.ChoiceField(label=_("How it is given back"), widget=UnfoldAdminSelectWidget)
    left = forms.DecimalField(widget=forms.HiddenInput)
    field_order = ("amount", "method", "reason")

    def __init__(self, data: Mapping[str, Any] | None, *, payment: Payment) -> None:
        self.remaining = left_to_refund(payment)
        places = Decimal(1).scaleb(-CURRENCY_DECIMALS[payment.currency])
        super().__init__(data, initial={"amount": self.remaining.quantize(places), "left": self.remaining})
        amount, method = self.fields["amount"], self.fields["method"]
        assert isinstance(amount, AmountField)
        assert isinstance(method, forms.ChoiceField)
        amount.currency = payment.currency
        amount.help_text = gettext_now("At most %(amount)s") % {"amount": money_text(self.remaining, payment.currency)}
        came_through_link = payment.method == Payment.Method.GATEWAY
        method.choices = [
            (value, label)
            for value, label in Refund.Method.choices
            if came_through_link or value != Refund.Method.GATEWAY
        ]

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if "left" in values and values["left"] != self.remaining:
            raise forms.ValidationError(
                gettext_now("Another refund was asked for since this page was opened. Go back and look first.")
            )
        return values


class RequestRefund(PageAction):
    name = "refund"
    title = _("Refund")
    right = Right.REQUEST_REFUND
    icon = "undo"
    confirm = _("Ask for this refund")

    def is_offered(self, row: Payment) -> bool:
        return rest_shown(row).whole > 0

    def consequences(self, row: Payment) -> Sequence[Text]:
        limit = row.merchant.second_person_above
        above = gettext_now("Above %(amount)s somebody else approves it.") % {"amount": money_text(limit, row.currency)}
        return [
            above if limit else _("Somebody else approves it before money is given back."),
            _("Money that had settled nothing goes back first."),
            _("What is refunded is not owed again: the customer is not asked for it."),
        ]

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("customer")

    def form(self, row: Payment, data: Mapping[str, Any] | None) -> forms.Form:
        return RefundForm(data, payment=row)

    def run(self, row: Payment, *, values: Mapping[str, Any], doer: Doer) -> str:
        refund = request_refund(
            merchant=row.merchant,
            payment_id=row.pk,
            amount=values["amount"],
            method=Refund.Method(values["method"]),
            reason=values["reason"],
            user=doer.user,
            now=doer.now,
            left=values["left"],
        )
        if refund.status == Refund.Status.REQUESTED:
            return gettext_now("The refund waits for somebody else's approval.")
        return gettext_now("The refund is approved. Give the money back, then write it down under Refunds.")


class ApproveRefund(PageAction):
    name = APPROVE
    title = _("Approve")
    right = Right.APPROVE
    icon = "check"
    variant = ActionVariant.PRIMARY
    confirm = _("Approve this refund")

    def is_offered(self, row: Refund) -> bool:
        return row.status == Refund.Status.REQUESTED

    def consequences(self, row: Refund) -> Sequence[Text]:
        return [_("The money may then be given back, and your name stands beside it.")]

    def run(self, row: Refund, *, values: Mapping[str, Any], doer: Doer) -> str:
        approve_refund(merchant_id=row.merchant_id, refund_id=row.pk, user=doer.user, now=doer.now)
        return gettext_now("The refund is approved.")


class RejectRefund(PageAction):
    name = "reject"
    title = _("Reject")
    right = Right.APPROVE
    icon = "block"
    variant = ActionVariant.DANGER
    confirm = _("Reject this refund")

    def is_offered(self, row: Refund) -> bool:
        return row.status in (Refund.Status.REQUESTED, Refund.Status.APPROVED)

    def consequences(self, row: Refund) -> Sequence[Text]:
        return [_("No money is given back for it. It can be asked for anew.")]

    def form(self, row: Refund | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonForm(data)

    def run(self, row: Refund, *, values: Mapping[str, Any], doer: Doer) -> str:
        reject_refund(
            merchant_id=row.merchant_id, refund_id=row.pk, reason=values["reason"], user=doer.user, now=doer.now
        )
        return gettext_now("The refund is rejected.")


class ReferenceForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The number of the gateway or the bank. Cash needs none."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, is_required: bool) -> None:
        super().__init__(data)
        self.fields["reference"].required = is_required


class CompleteRefund(PageAction):
    name = "given-back"
    title = _("Money was given back")
    right = Right.REQUEST_REFUND
    icon = "payments"
    variant = ActionVariant.PRIMARY
    confirm = _("Write it down")

    def is_offered(self, row: Refund) -> bool:
        return row.status == Refund.Status.APPROVED

    def consequences(self, row: Refund) -> Sequence[Text]:
        sentences: list[Text] = []
        if row.method == Refund.Method.GATEWAY:
            sentences.append(_("First make the refund in the gateway's own portal: nothing is sent there from here."))
        if row.method == Refund.Method.CASH:
            sentences.append(_("In your open shift it counts as cash paid out."))
        return [*sentences, _("What is written down cannot be taken back.")]

    def form(self, row: Refund | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ReferenceForm(data, is_required=row is not None and row.method != Refund.Method.CASH)

    def run(self, row: Refund, *, values: Mapping[str, Any], doer: Doer) -> str:
        refund = complete_refund(
            merchant_id=row.merchant_id,
            refund_id=row.pk,
            reference=values["reference"],
            user=doer.user,
            now=doer.now,
        )
        return gettext_now("%(amount)s given back.") % {"amount": money_text(refund.amount, row.payment.currency)}
