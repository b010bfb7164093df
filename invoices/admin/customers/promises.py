"""What a customer promises on the phone, for all that is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.admin.bills.changing import PromiseForm
from billing.admin.cells import day_text
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Customer
from invoices.services.promises import promise_overdue


class PromiseOverdue(PageAction):
    name = "promise"
    title = _("Note a promise")
    right = Right.SEND
    icon = "handshake"
    confirm = _("Note it")
    is_rare = True

    def is_offered(self, row: Customer) -> bool:
        return row.forgotten_at is None

    def consequences(self, row: Customer) -> Sequence[Text]:
        return [
            _("It is noted at everything of this customer that is overdue: no reminder of it until it has passed."),
            _("The due dates and the payment links stay as they are."),
        ]

    def form(self, row: Customer, data: Mapping[str, Any] | None) -> forms.Form:
        return PromiseForm(data)

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        until = values["until"]
        count = promise_overdue(
            merchant_id=row.merchant_id,
            customer_id=row.pk,
            until=until,
            today=row.merchant.local_date(doer.now),
            actor=doer.actor,
            now=doer.now,
        )
        if until is None:
            return gettext_now("No promise any more.")
        noted = ngettext(
            "Noted at %(n)s document: no reminder until %(day)s has passed.",
            "Noted at %(n)s documents: no reminder until %(day)s has passed.",
            count,
        )
        return noted % {"n": count, "day": day_text(until)}
