"""What one amount for many bills comes to, counted before it is confirmed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import money_text
from billing.models import Bill
from billing.money import ZERO


def effect_of_amount(rows: QuerySet[Any], amount: Decimal) -> list[str]:
    """In sentences, counted in one statement; those of a currency together. What would be refused stays as it is."""
    refused, same = Q(amount_paid__gt=amount), Q(amount=amount)
    changed = ~refused & ~same
    found = (
        rows.filter(status=Bill.Status.PENDING)
        .order_by("currency")
        .values("currency")
        .annotate(
            up=Count("pk", filter=changed & Q(amount__lt=amount)),
            down=Count("pk", filter=changed & Q(amount__gt=amount)),
            same=Count("pk", filter=same & ~refused),
            refused=Count("pk", filter=refused),
            sum_of_all=Sum("amount"),
            paid=Sum("amount_paid"),
            sum_changed=Sum("amount", filter=changed),
        )
    )
    return [sentence for each in found for sentence in _sentences(amount, **each)]


def _sentences(
    amount: Decimal,
    *,
    currency: str,
    up: int,
    down: int,
    same: int,
    refused: int,
    sum_of_all: Decimal,
    paid: Decimal,
    sum_changed: Decimal | None,
) -> list[str]:
    counted = [
        (up, ngettext("%(n)s bill goes up.", "%(n)s bills go up.", up)),
        (down, ngettext("%(n)s bill goes down.", "%(n)s bills go down.", down)),
        (
            same,
            ngettext("%(n)s bill asks for this already and stays.", "%(n)s bills ask for this already and stay.", same),
        ),
        (
            refused,
            ngettext(
                "%(n)s bill has more paid already and stays.", "%(n)s bills have more paid already and stay.", refused
            ),
        ),
    ]
    owed = sum_of_all - paid
    afterwards = owed - (sum_changed or ZERO) + (up + down) * amount
    shown = {"before": money_text(owed, currency), "after": money_text(afterwards, currency)}
    sentences = [text % {"n": f"{count:,}"} for count, text in counted if count]
    return [*sentences, _("Owed now: %(before)s. Owed afterwards: %(after)s.") % shown]
