"""What stands in the details of a page, and whom to call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.day_text import format_day
from billing.models import Bill, Merchant
from billing.phones import mask_phone
from invoices.pages.amounts import format_amount_with_currency
from invoices.pages.masking import mask_name
from invoices.pages.runs import as_code, as_run
from invoices.services.payables import Payable, document_of

_NOT_DIALLED: Final = re.compile(r"[^0-9+]")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """`is_code` for numbers that read from left to right in Arabic too."""

    label: str
    value: str
    is_code: bool = False

    @property
    def run(self) -> SafeString:
        return as_code(self.value) if self.is_code else as_run(self.value)


@dataclass(frozen=True, kw_only=True)
class HelpPhone:
    """As printed and as dialled; both empty where the merchant stated none."""

    printed: str
    dialled: str


def help_phone_of(merchant: Merchant) -> HelpPhone:
    return HelpPhone(printed=merchant.help_phone, dialled=_NOT_DIALLED.sub("", merchant.help_phone))


def facts_of(payable: Payable, language: str) -> list[Fact]:
    """In the active language, which `language` names. Never notes, address or national id (Y14)."""
    return [*_identity_facts(payable), *_money_facts(payable, language)]


def masked_phone_of(payable: Payable) -> str:
    """Without the digits that a customer's permanent page asks for, where it asks."""
    return mask_phone(document_of(payable).customer_phone, hides_end=payable.merchant.asks_phone_digits)


def describe_position(payable: Payable) -> str:
    """Which installment of how many this is; empty for a bill."""
    if isinstance(payable, Bill):
        return ""
    count = payable.subscription.number_of_installments
    if count is None:
        return _("Payment %(number)s") % {"number": payable.sequence}
    return _("Installment %(number)s of %(count)s") % {"number": payable.sequence, "count": count}


def number_fact(payable: Payable) -> Fact:
    """The number of the bill, or of the plan an installment belongs to."""
    document = document_of(payable)
    label = _("Bill number") if isinstance(document, Bill) else _("Subscription")
    return Fact(label=label, value=str(document), is_code=True)


def sums_of(payable: Payable) -> dict[str, Decimal]:
    """What was charged, paid and given back, by its name; without what there is none of."""
    sums: dict[str, Decimal] = {_("Total"): payable.amount}
    if payable.amount_paid > 0:
        sums[_("Paid so far")] = payable.amount_paid
    if payable.amount_refunded > 0:
        sums[_("Refunded")] = payable.amount_refunded
    return sums


def _money_facts(payable: Payable, language: str) -> list[Fact]:
    facts = []
    if payable.paid_at is not None:
        paid_on = payable.paid_at.astimezone(ZoneInfo(payable.merchant.time_zone)).date()
        facts.append(Fact(label=_("Paid on"), value=format_day(paid_on, language)))
    amounts = sums_of(payable)
    if payable.amount_due > 0:
        amounts[_("Remaining")] = payable.amount_due
    currency = document_of(payable).currency
    for label, amount in amounts.items():
        facts.append(Fact(label=label, value=format_amount_with_currency(amount, currency, language)))
    return facts


def _identity_facts(payable: Payable) -> list[Fact]:
    return [
        number_fact(payable),
        Fact(label=_("Billed to"), value=mask_name(document_of(payable).customer_name)),
        Fact(label=_("Phone"), value=masked_phone_of(payable), is_code=True),
    ]
