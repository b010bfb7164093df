"""The currencies a merchant's documents can have, known without looking through them."""

from __future__ import annotations

from billing.models import Merchant
from invoices.models import GatewayAccount, GatewayStatement


def currencies_of(merchant: Merchant) -> list[str]:
    """
    The merchant's own first, in one query.

    A document has the currency that its merchant had when it was made, and that is in the merchant's history; a
    payment has its invoice's, and a statement its own.
    """
    found = merchant.history.order_by().values_list("currency").distinct()
    accounts = GatewayAccount.objects.filter(merchant=merchant).order_by().values_list("currency")
    statements = GatewayStatement.objects.filter(merchant=merchant).order_by().values_list("currency")
    codes = {code for (code,) in found.union(accounts, statements)}
    return [merchant.currency, *sorted(codes - {merchant.currency})]
