"""What staff do to a bill or installment: take money for it, ask for it anew, ask for it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Prefetch, QuerySet, Sum, prefetch_related_objects
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.admin.cells import money_text
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Bill, Channel, Merchant, User
from billing.money import ZERO
from billing.services.second_persons import needs_second_person
from invoices.admin.payables.taken_text import do_not_take, taken_text
from invoices.admin.payables.taking_form import BY_HAND, TakingForm
from invoices.admin.shifts.notices import no_shift_warning
from invoices.models import Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.services.issuing import LiveInvoiceExists, issue_now, renew_invoice
from invoices.services.payables import Payable, has_live_invoice
from invoices.services.takings import take_payment
from subscriptions.models import Installment


class RecordPayment(PageAction):
    name = "record-payment"
    title = _("Record payment")
    right = Right.TAKE_PAYMENT
    icon = "payments"
    variant = ActionVariant.PRIMARY
    confirm = _("Record this payment")

    def is_offered(self, row: Payable) -> bool:
        return row.amount_due > 0

    def refusal(self, row: Payable) -> Text:
        return do_not_take(row)

    def consequences(self, row: Payable) -> Sequence[Text]:
        return [
            _("The payment link is cancelled at the gateway first, so that the customer cannot pay twice."),
            _("After a part payment the customer gets a new link for the rest."),
            _("A recorded payment cannot be taken out again."),
        ]

    def warning(self, row: Payable, user: User) -> SafeString:
        address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_do", args=[row.pk, self.name])
        return no_shift_warning(user=user, merchant_id=row.merchant_id, back=address)

    def form(self, row: Payable, data: Mapping[str, Any] | None) -> forms.Form:
        return TakingForm(data, payable=row)

    def run(self, row: Payable, *, values: Mapping[str, Any], doer: Doer) -> str:
        payment = _take(row, values, doer, is_at_the_counter=True)
        return taken_text(payment, still_owed=row.amount_due - payment.amount)


def _take(row: Payable, values: Mapping[str, Any], doer: Doer, *, is_at_the_counter: bool) -> Payment:
    return take_payment(
        payable=row,
        method=Payment.Method(values["method"]),
        amount=values["amount"],
        recorded_by=doer.user,
        note=values["note"],
        policy=GatewayPolicy.from_settings(),
        now=doer.now,
        is_at_the_counter=is_at_the_counter,
    )


_OWING = (Bill.Status.PENDING, Installment.Status.SCHEDULED, Installment.Status.INVOICED)


class MarkPaidForm(forms.Form):
    method = forms.ChoiceField(label=_("Method"), choices=BY_HAND, widget=UnfoldAdminSelectWidget)
    note = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Where the money was received: it stands at every payment."),
    )


class MarkPaid(PageAction):
    """The whole list was paid elsewhere: each row gets one payment of all it owes."""

    name = "mark-paid"
    title = _("Mark as paid")
    right = Right.TAKE_PAYMENT
    icon = "price_check"
    variant = ActionVariant.DANGER
    confirm = _("Record these payments")
    in_bulk = True
    only_in_bulk = True
    calls_others = True

    def is_offered(self, row: Payable) -> bool:
        return row.amount_due > 0

    def consequences(self, row: Payable) -> Sequence[Text]:
        return [
            _("Each row gets a payment of all it owes, recorded in your name."),
            _("Above the merchant's limit it begins when somebody else has approved it."),
            _("Cash received elsewhere is in no drawer here: it belongs to nobody's shift."),
            _("The payment link is cancelled at the gateway first, so that the customer cannot pay twice."),
            _("A recorded payment cannot be taken out again."),
        ]

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        """Above the merchant's limit: the sum of what the rows owe."""
        owing = rows.filter(status__in=_OWING).order_by()
        sums = owing.aggregate(amount=Sum("amount"), paid=Sum("amount_paid"))
        owed: Decimal = (sums["amount"] or ZERO) - (sums["paid"] or ZERO)
        return money_text(owed, merchant.currency) if needs_second_person(merchant, owed) else ""

    def confirmed(self, row: Payable) -> dict[str, str]:
        return {"amount_due": str(row.amount_due)}

    def form(self, row: Payable | None, data: Mapping[str, Any] | None) -> forms.Form:
        return MarkPaidForm(data)

    def run(self, row: Payable, *, values: Mapping[str, Any], doer: Doer) -> str:
        taken = {"method": values["method"], "amount": row.amount_due, "note": values["note"]}
        payment = _take(row, taken, doer, is_at_the_counter=False)
        return gettext_now("%(amount)s recorded.") % {"amount": money_text(payment.amount, payment.currency)}


class NewLink(PageAction):
    name = "renew"
    title = _("New link")
    right = Right.SEND
    icon = "autorenew"
    confirm = _("Send a new link")
    in_bulk = True

    def is_offered(self, row: Payable) -> bool:
        has_been_invoiced = row.invoiced_at is not None
        return has_been_invoiced and row.amount_due > 0 and not has_live_invoice(row)

    def why_not(self, row: Payable) -> Text:
        if row.amount_due <= 0:
            return super().why_not(row)
        if has_live_invoice(row):
            return gettext_now(LiveInvoiceExists.message)
        return gettext_now("Its first invoice is still to come, by itself.")

    def obstacles(self, rows: Sequence[Payable], *, now: datetime) -> dict[int, Text]:
        prefetch_related_objects(rows, Prefetch("invoices", Invoice.objects.live()))
        return super().obstacles(rows, now=now)

    def consequences(self, row: Payable) -> Sequence[Text]:
        return [
            _("A new invoice is made for what is still owed, and the customer gets a message with its link."),
            _("If an invoice is still open nothing is made: resend that one, or cancel it first."),
        ]

    def run(self, row: Payable, *, values: Mapping[str, Any], doer: Doer) -> str:
        invoice = renew_invoice(payable=row, actor=doer.actor, now=doer.now)
        return _issued(invoice)


class IssueNow(PageAction):
    name = "issue-now"
    title = _("Issue now")
    right = Right.SEND
    icon = "send"
    confirm = _("Issue the invoice now")
    in_bulk = True

    def is_offered(self, row: Installment) -> bool:
        return row.status == Installment.Status.SCHEDULED

    def consequences(self, row: Installment) -> Sequence[Text]:
        return [_("The customer gets a message with a payment link within a minute, before the due date too.")]

    def run(self, row: Installment, *, values: Mapping[str, Any], doer: Doer) -> str:
        return _issued(issue_now(installment=row, actor=doer.actor, now=doer.now))


def _issued(invoice: Invoice) -> str:
    values = {"number": invoice.number, "amount": money_text(invoice.amount, invoice.currency)}
    if invoice.channel == Channel.LINK:
        return gettext_now("Invoice %(number)s over %(amount)s is made. Its channel sends no message.") % values
    return gettext_now("Invoice %(number)s over %(amount)s is on its way.") % values
