"""Cancelling bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.cells import money_text
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Bill
from billing.services import cancel_bill


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Stays in the timeline. The customer does not see it."),
    )


class CancelBill(PageAction):
    name = "cancel"
    title = _("Cancel bill")
    right = Right.CANCEL
    icon = "cancel"
    variant = ActionVariant.DANGER
    confirm = _("Cancel this bill")
    in_bulk = True
    is_rare = True

    def is_offered(self, row: Bill) -> bool:
        return row.status == Bill.Status.PENDING

    def consequences(self, row: Bill) -> Sequence[Text]:
        sentences: list[Text] = [
            _("The customer is no longer asked to pay: the payment page says so at once."),
            _("A link that was sent already is cancelled at the gateway within a minute."),
            _("A cancelled bill cannot be brought back."),
        ]
        if row.amount_paid > 0:
            paid = money_text(row.amount_paid - row.amount_refunded, row.currency)
            told = gettext_now("%(amount)s of it was paid. That is not given back by cancelling: refund it afterwards.")
            sentences.append(told % {"amount": paid})
        return sentences

    def form(self, row: Bill | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonForm(data)

    def run(self, row: Bill, *, values: Mapping[str, Any], doer: Doer) -> str:
        cancel_bill(
            merchant_id=row.merchant_id, bill_id=row.pk, reason=values["reason"], actor=doer.actor, now=doer.now
        )
        return gettext_now("Bill %(number)s is cancelled.") % {"number": row.billing_no}
