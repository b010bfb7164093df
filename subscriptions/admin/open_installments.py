"""What a plan that ends leaves owed."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import money_text
from billing.fields import MoneyField
from subscriptions.models import Installment, Subscription


def what_stays_open(plan: Subscription) -> str:
    """Of what the customer was asked for: how many, and how much together."""
    asked = plan.installments.filter(merchant_id=plan.merchant_id, status=Installment.Status.INVOICED)
    left = Sum(F("amount") - F("amount_paid"), output_field=MoneyField())
    found: dict[str, Any] = asked.aggregate(count=Count("pk"), owed=left)
    if not found["count"]:
        return _("The customer was not asked for anything that is still open.")
    told = ngettext(
        "%(count)s installment the customer was already asked to pay stays open: %(amount)s.",
        "%(count)s installments the customer was already asked to pay stay open: %(amount)s.",
        found["count"],
    )
    return told % {"count": found["count"], "amount": money_text(found["owed"], plan.currency)}
