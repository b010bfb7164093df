"""What staff do to a gateway's statement. None of it changes what is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from invoices.models import GatewayStatement
from invoices.payouts.matching import compare_again
from invoices.payouts.withdrawing import withdraw_statement


class CompareAgain(PageAction):
    name = "compare"
    title = _("Compare again")
    right = Right.RECONCILE
    icon = "sync"
    confirm = _("Compare now")

    def is_offered(self, row: GatewayStatement) -> bool:
        return row.withdrawn_at is None

    def consequences(self, row: GatewayStatement) -> Sequence[Text]:
        return [
            _("Every line that does not agree is held against the payments as they are now."),
            _("This happens by itself too, every ten minutes for two months."),
        ]

    def run(self, row: GatewayStatement, *, values: Mapping[str, Any], doer: Doer) -> str:
        compare_again(merchant_id=row.merchant_id, statement_id=row.pk)
        return gettext_now("The statement was compared. What was found is below.")


class WithdrawStatement(PageAction):
    name = "withdraw"
    title = _("Withdraw")
    right = Right.RECONCILE
    icon = "undo"
    is_rare = True
    confirm = _("Withdraw the statement")

    def is_offered(self, row: GatewayStatement) -> bool:
        return row.withdrawn_at is None and row.job.is_over

    def consequences(self, row: GatewayStatement) -> Sequence[Text]:
        return [
            _("Its lines are forgotten, and count in no report any more. Payments and bills stay as they are."),
            _("The same file can be imported again, with other columns."),
        ]

    def run(self, row: GatewayStatement, *, values: Mapping[str, Any], doer: Doer) -> str:
        withdraw_statement(merchant_id=row.merchant_id, statement_id=row.pk, user=doer.user, now=doer.now)
        return gettext_now("The statement was withdrawn.")
