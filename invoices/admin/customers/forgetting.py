"""Forgetting a customer's data for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Customer
from invoices.services.forgetting.forget import forget_customer
from invoices.services.forgetting.obstacles import obstacles_to
from invoices.services.merging.rehearsal import holdings_of


class ForgetForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Stays in the timeline: write no name and no number in it, such as “asked for it by letter”."),
    )


class ForgetCustomer(PageAction):
    name = "forget"
    title = _("Forget this person's data")
    right = Right.FORGET_CUSTOMERS
    icon = "person_off"
    variant = ActionVariant.DANGER
    confirm = _("Forget for good")
    is_rare = True

    def is_offered(self, row: Customer) -> bool:
        return row.forgotten_at is None

    def consequences(self, row: Customer) -> Sequence[Text]:
        return [
            _("Name, phone, e-mail, national id, address, notes and reasons are replaced everywhere, for good."),
            _("Amounts, numbers, days and what was sold stay, as your books need them. Receipts go on verifying."),
            _("Every link that this person was sent stops working. The phone number is free for a new customer."),
            _("Uploaded files of the last week with this person in them are deleted, and copies kept for webhooks."),
            _("Your own systems, the gateway, and e-mails and files that went out are not reached: see to them too."),
            *self._counted(row),
        ]

    def _counted(self, row: Customer) -> list[str]:
        found = holdings_of(row)
        counts = [
            (found.bills, ngettext("%(n)s bill", "%(n)s bills", found.bills)),
            (found.plans, ngettext("%(n)s subscription", "%(n)s subscriptions", found.plans)),
            (found.invoices, ngettext("%(n)s invoice", "%(n)s invoices", found.invoices)),
            (found.payments, ngettext("%(n)s payment", "%(n)s payments", found.payments)),
            (found.notes, ngettext("%(n)s note", "%(n)s notes", found.notes)),
        ]
        what = gettext_now(", ").join(words % {"n": count} for count, words in counts if count)
        return [gettext_now("It is about: %(what)s.") % {"what": what}] if what else []

    def shown(self, row: Customer) -> SafeString:
        """What has to be done first, where something has."""
        obstacles = obstacles_to(row)
        if not obstacles:
            return SafeString("")
        lines = format_html_join("", "<li>{}</li>", ((obstacle,) for obstacle in obstacles))
        listed = format_html('<ul class="office-rehearsal-warnings">{}</ul>', lines)
        told = '<section class="office-notice office-notice-warning"><p>{}</p>{}</section>'
        return format_html(told, gettext_now("This cannot be done yet:"), listed)

    def form(self, row: Customer, data: Mapping[str, Any] | None) -> forms.Form:
        return ForgetForm(data)

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        customer = forget_customer(
            merchant_id=row.merchant_id, customer_id=row.pk, reason=values["reason"], user=doer.user, now=doer.now
        )
        return gettext_now("Nothing says any more who this was. The row is called %(name)s.") % {
            "name": f"\u2068{customer.name}\u2069"
        }
