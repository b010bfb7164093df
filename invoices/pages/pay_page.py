"""What the payment page shows, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from billing.models import Bill
from invoices.documents.qr import draw_qr
from invoices.messages.contacts import share_link, whatsapp_to
from invoices.pages.amounts import currency_label, format_amount, format_amount_with_currency
from invoices.pages.dues import Due, due_of
from invoices.pages.earlier_payments import EarlierPayment, earlier_payments
from invoices.pages.facts import Fact, HelpPhone, describe_position, facts_of, help_phone_of, masked_phone_of
from invoices.pages.gateway_links import GatewayLink
from invoices.pages.letterhead import Letterhead, letterhead_of
from invoices.pages.payables import customer_of
from invoices.pages.plan_progress import PlanProgress, progress_of
from invoices.pages.refreshing import Refresh, next_refresh
from invoices.pages.runs import as_run, language_of
from invoices.pages.standing import standing_of
from invoices.pages.states import State
from invoices.pages.wordings import PAY_PAGE, Wording
from invoices.services.new_links import can_ask_for_new_link
from invoices.services.orders import payable_url
from invoices.services.payables import Payable, document_of, title_of

LONGEST_DESCRIPTION: Final = 400  # characters: the page stays small, whatever a merchant writes
LONGEST_LARGE_AMOUNT: Final = 9  # characters that fit a phone 320 px wide in the largest size
LONGEST_SHARED: Final = 60
_DEAD: Final = (State.EXPIRED, State.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class PayPage:
    """
    `money` is what the button says; `link` where it leads, None where nothing can be paid.

    `refresh` is set while the page looks again by itself.
    """

    state: State
    wording: Wording
    advice: str | Promise
    refresh: Refresh | None
    letterhead: Letterhead
    merchant_name: str
    amount: str
    currency: str
    money: str
    title: SafeString
    position: str
    due: Due
    description: str
    description_language: str
    facts: list[Fact]
    payments: list[EarlierPayment]
    plan: PlanProgress | None
    help_phone: HelpPhone
    help_whatsapp: str
    share_link: str
    qr: SafeString
    phone: str
    offers_new_link: bool
    is_stopped: bool
    link: GatewayLink | None
    link_hosts: list[str]

    @property
    def is_amount_long(self) -> bool:
        return len(self.amount) > LONGEST_LARGE_AMOUNT

    @property
    def has_form(self) -> bool:
        return self.link is not None or self.offers_new_link or not self.is_stopped

    @property
    def calls_for_help(self) -> bool:
        """Whether calling the merchant is the next step, and possible."""
        return self.wording.asks_merchant and not self.offers_new_link and bool(self.help_phone.dialled)


def build_pay_page(payable: Payable, *, language: str, looks: int, now: datetime) -> PayPage:
    """
    What the page says about a bill or installment, in the active language, which `language` names.

    :param looks: how often this browser has looked already by itself
    """
    merchant, currency = payable.merchant, document_of(payable).currency
    standing = standing_of(payable, now=now)
    state, invoice = standing.state, standing.invoice
    wording = PAY_PAGE[state]
    refresh = next_refresh(looks) if wording.after_waiting else None
    is_tired = bool(wording.after_waiting) and refresh is None
    amount = _amount_of(payable, state)
    money = format_amount_with_currency(amount, currency, language)
    title, name, address = title_of(payable), merchant.name_in(language), payable_url(payable)
    description = Truncator(payable.description).chars(LONGEST_DESCRIPTION)
    return PayPage(
        state=state,
        wording=wording,
        advice=wording.after_waiting if is_tired else wording.advice,
        refresh=refresh,
        letterhead=letterhead_of(merchant, language),
        merchant_name=name,
        amount=format_amount(amount, currency),
        currency=currency_label(currency, language),
        money=money,
        title=as_run(title),
        position=describe_position(payable),
        due=due_of(payable, language=language, today=merchant.local_date(now), is_settled=state.is_settled),
        description=description,
        description_language=language_of(description),
        facts=facts_of(payable, language),
        payments=earlier_payments(payable, language),
        plan=progress_of(payable, language),
        help_phone=help_phone_of(merchant),
        help_whatsapp=whatsapp_to(merchant.help_whatsapp, text=_question_about(payable)),
        share_link=share_link(" · ".join([_short(title), money, _short(name)]), address),
        qr=draw_qr(address),
        phone=masked_phone_of(payable),
        offers_new_link=state in _DEAD and can_ask_for_new_link(payable, invoice, now=now),
        is_stopped=customer_of(payable).messages_stopped_at is not None,
        link=standing.link if state.is_payable else None,
        link_hosts=invoice.gateway_account.link_hosts if invoice and invoice.gateway_account else [],
    )


def _amount_of(payable: Payable, state: State) -> Decimal:
    """What the large number says."""
    amount: Decimal = payable.amount if state.is_settled else payable.amount_due
    if state is State.REFUNDED:
        amount = payable.amount_refunded
    return amount


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST_SHARED)


def _question_about(payable: Payable) -> str:
    number = payable.billing_no if isinstance(payable, Bill) else str(payable)
    return _("Hello, I have a question about %(number)s.") % {"number": number}
