"""Taking back a customer's permanent link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Customer
from billing.services.customer_links import renew_customer_link


class RenewCustomerLink(PageAction):
    name = "renew-link"
    title = _("Renew the page's link")
    right = Right.SEND
    icon = "link_off"
    variant = ActionVariant.DANGER
    is_rare = True
    confirm = _("Renew the link")

    def consequences(self, row: Customer) -> Sequence[Text]:
        return [
            _("The link to this customer's page that is out now stops working at once, wherever it was sent."),
            _("A new one stands on this page afterwards: copy it and send it to the customer."),
            _("The links to single bills and installments go on working."),
        ]

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        customer = renew_customer_link(merchant_id=row.merchant_id, customer_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("%(name)s has a new link. The old one no longer works.") % {
            "name": f"\u2068{customer.name}\u2069"
        }
