"""Cancelling bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.cells import money_text
from billing.admin.page_actions import Doer, PageAction, Text, less_owed, who_approves_less
from billing.admin.roles import Right
from billing.models import Bill, Merchant
from billing.money import ZERO
from billing.services import cancel_bill
from billing.services.deciding_alone import made_today


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
        alone = _("A bill that you made yourself today, and that nobody has paid anything for, you may cancel alone.")
        return [*sentences, who_approves_less(row.merchant), alone]

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("customer")

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        pending = rows.filter(status=Bill.Status.PENDING)
        dropped = pending.exclude(made_today(merchant, doer.actor, doer.now)).order_by()
        sums = dropped.aggregate(amount=Sum("amount"), paid=Sum("amount_paid"))
        less: Decimal = (sums["amount"] or ZERO) - (sums["paid"] or ZERO)
        return less_owed(merchant, less, dropped.values("customer"), doer)

    def confirmed(self, row: Bill) -> dict[str, str]:
        return {"amount_due": str(row.amount_due)}

    def form(self, row: Bill | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonForm(data)

    def run(self, row: Bill, *, values: Mapping[str, Any], doer: Doer) -> str:
        cancel_bill(
            merchant_id=row.merchant_id,
            bill_id=row.pk,
            reason=values["reason"],
            actor=doer.actor,
            now=doer.now,
            is_alone=doer.is_alone,
        )
        return gettext_now("Bill %(number)s is cancelled.") % {"number": row.billing_no}
