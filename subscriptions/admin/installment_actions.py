"""What staff note about an installment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.bills.changing import PromiseForm
from billing.admin.cells import day_text
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from subscriptions.models import Installment
from subscriptions.services import promise_installment


class PromiseInstallment(PageAction):
    name = "promise"
    title = _("Note a promise")
    right = Right.SEND
    icon = "handshake"
    confirm = _("Note it")
    is_rare = True

    def is_offered(self, row: Installment) -> bool:
        return row.amount_due > 0

    def consequences(self, row: Installment) -> Sequence[Text]:
        return [
            _("The customer has promised to pay by a day: no reminder goes out until it has passed."),
            _("The due date and the payment link stay as they are."),
        ]

    def form(self, row: Installment, data: Mapping[str, Any] | None) -> forms.Form:
        return PromiseForm(data, initial={"until": row.promised_until})

    def run(self, row: Installment, *, values: Mapping[str, Any], doer: Doer) -> str:
        until = values["until"]
        promise_installment(
            merchant_id=row.merchant_id, installment_id=row.pk, until=until, actor=doer.actor, now=doer.now
        )
        if until is None:
            return gettext_now("Installment %(number)s: no promise any more.") % {"number": row}
        return gettext_now("Installment %(number)s: no reminder until %(day)s has passed.") % {
            "number": row,
            "day": day_text(until),
        }
