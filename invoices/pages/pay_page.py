"""What the payment page shows, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.text import Truncator

from billing.models import Bill
from invoices.pages.amounts import currency_label, format_amount, format_amount_with_currency
from invoices.pages.days import describe_distance, format_day
from invoices.pages.facts import Fact, HelpPhone, describe_position, facts_of, help_phone_of
from invoices.pages.gateway_links import GatewayLink
from invoices.pages.payables import document_of, is_being_checked, last_invoice, safe_link
from invoices.pages.states import State, decide_state
from invoices.pages.wordings import PAY_PAGE, Wording
from invoices.services.payables import Payable

LONGEST_DESCRIPTION: Final = 400  # characters: the page stays small, whatever a merchant writes
LONGEST_LARGE_AMOUNT: Final = 9  # characters that fit a phone 320 px wide in the largest size


@dataclass(frozen=True, kw_only=True)
class PayPage:
    """`money` is what the button says; `link` where it leads, None where nothing can be paid."""

    state: State
    wording: Wording
    merchant_name: str
    title: str
    position: str
    description: str
    amount: str
    currency: str
    money: str
    due: str
    distance: str
    is_late: bool
    facts: list[Fact]
    help_phone: HelpPhone
    link: GatewayLink | None
    link_hosts: list[str]

    @property
    def is_amount_long(self) -> bool:
        return len(self.amount) > LONGEST_LARGE_AMOUNT

    @property
    def calls_for_help(self) -> bool:
        """Whether calling the merchant is the next step, and possible."""
        return self.wording.asks_merchant and bool(self.help_phone.dialled)


def build_pay_page(payable: Payable, *, language: str, now: datetime) -> PayPage:
    """What the page says about a bill or installment, in the active language, which `language` names."""
    today = payable.merchant.local_date(now)
    currency = document_of(payable).currency
    invoice = last_invoice(payable)
    link = safe_link(invoice)
    state = decide_state(
        payable,
        invoice,
        today=today,
        is_being_checked=invoice is not None and is_being_checked(invoice, now=now),
        has_safe_link=link is not None,
    )
    amount = payable.amount if state.is_settled else payable.amount_due
    return PayPage(
        state=state,
        wording=PAY_PAGE[state],
        merchant_name=payable.merchant.name_in(language),
        title=payable.service_type if isinstance(payable, Bill) else payable.subscription.product_name,
        position=describe_position(payable),
        description=Truncator(payable.description).chars(LONGEST_DESCRIPTION),
        amount=format_amount(amount, currency),
        currency=currency_label(currency, language),
        money=format_amount_with_currency(amount, currency, language),
        due=format_day(payable.due_date, language),
        distance="" if state.is_settled else describe_distance(payable.due_date, today=today),
        is_late=payable.due_date < today and not state.is_settled,
        facts=facts_of(payable, language),
        help_phone=help_phone_of(payable.merchant),
        link=link if state.is_payable else None,
        link_hosts=invoice.gateway_account.link_hosts if invoice and invoice.gateway_account else [],
    )
