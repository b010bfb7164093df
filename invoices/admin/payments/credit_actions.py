"""Using what was paid too much for something else: asked for on the payment's page, decided on the credit's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.acts.approving import APPROVE
from billing.admin.bills.cancelling import ReasonForm
from billing.admin.cells import money_text
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from invoices.admin.payments.credit_form import CreditForm
from invoices.admin.payments.left_over import rest_shown
from invoices.models import Credit, Payment
from invoices.policy import GatewayPolicy
from invoices.services.credits import approve_credit, reject_credit, request_credit


class UseSurplus(PageAction):
    name = "credit"
    title = _("Use for something else")
    right = Right.REQUEST_REFUND
    icon = "redeem"
    confirm = _("Use it")

    def is_offered(self, row: Payment) -> bool:
        return row.applied_amount < row.amount and rest_shown(row).surplus > 0

    def consequences(self, row: Payment) -> Sequence[Text]:
        limit = row.merchant.second_person_above
        above = gettext_now("Above %(amount)s somebody else approves it.") % {"amount": money_text(limit, row.currency)}
        return [
            _("Money that has settled nothing here settles something else the same customer owes."),
            _("The payment link of what it settles is cancelled at the gateway first."),
            _("No money moves, so nothing is collected by it a second time."),
            above if limit else _("Somebody else approves it first."),
            _("What was used cannot be taken back."),
        ]

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("customer")

    def form(self, row: Payment, data: Mapping[str, Any] | None) -> forms.Form:
        return CreditForm(data, payment=row)

    def run(self, row: Payment, *, values: Mapping[str, Any], doer: Doer) -> str:
        credit = request_credit(
            payment=row,
            payable=values["payable"],
            amount=values["amount"],
            reason=values["reason"],
            user=doer.user,
            policy=GatewayPolicy.from_settings(),
            now=doer.now,
            left=values["left"],
        )
        if credit.status == Credit.Status.REQUESTED:
            return gettext_now("The credit waits for somebody else's approval.")
        return _used(credit, row.currency)


class ApproveCredit(PageAction):
    name = APPROVE
    title = _("Approve")
    right = Right.APPROVE
    icon = "check"
    variant = ActionVariant.PRIMARY
    confirm = _("Approve this credit")

    def is_offered(self, row: Credit) -> bool:
        return row.status == Credit.Status.REQUESTED

    def consequences(self, row: Credit) -> Sequence[Text]:
        return [
            _("It settles what it is for at once, and your name stands beside it."),
            _("The payment link of what it settles is cancelled at the gateway first."),
            _("What was used cannot be taken back."),
        ]

    def run(self, row: Credit, *, values: Mapping[str, Any], doer: Doer) -> str:
        policy = GatewayPolicy.from_settings()
        credit = approve_credit(
            merchant_id=row.merchant_id, credit_id=row.pk, user=doer.user, policy=policy, now=doer.now
        )
        return _used(credit, row.payment.currency)


class RejectCredit(PageAction):
    name = "reject"
    title = _("Reject")
    right = Right.APPROVE
    icon = "block"
    variant = ActionVariant.DANGER
    confirm = _("Reject this credit")

    def is_offered(self, row: Credit) -> bool:
        return row.status == Credit.Status.REQUESTED

    def consequences(self, row: Credit) -> Sequence[Text]:
        return [_("Nothing is settled by it. It can be asked for anew.")]

    def form(self, row: Credit | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonForm(data)

    def run(self, row: Credit, *, values: Mapping[str, Any], doer: Doer) -> str:
        reject_credit(
            merchant_id=row.merchant_id, credit_id=row.pk, reason=values["reason"], user=doer.user, now=doer.now
        )
        return gettext_now("The credit is rejected.")


def _used(credit: Credit, currency: str) -> str:
    shown = {"amount": money_text(credit.amount, currency), "what": f"\u2068{credit.payable}\u2069"}
    return gettext_now("%(amount)s used for %(what)s.") % shown
