"""What a customer's permanent page shows, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Customer, Merchant
from invoices.messages.contacts import whatsapp_to
from invoices.pages.amounts import currency_label, format_amount, format_amount_with_currency
from invoices.pages.dues import Due, due_of
from invoices.pages.facts import HelpPhone, describe_position, help_phone_of
from invoices.pages.letterhead import Letterhead, letterhead_of
from invoices.pages.masking import mask_name
from invoices.pages.open_dues import OpenDue, OpenDues, read_open_dues
from invoices.pages.pay_page import LONGEST_LARGE_AMOUNT
from invoices.pages.runs import as_run
from invoices.pages.statement_rows import StatementRows, build_statement_rows
from invoices.pages.states import State
from invoices.pages.wordings import PAY_PAGE, Wording
from invoices.services.orders import payable_url
from invoices.services.payables import Payable, document_of, title_of
from subscriptions.models import Installment

LONGEST_TITLE: Final = 80  # characters: twenty-five titles stay small, whatever a merchant writes


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """One amount. `wording` says how it stands; None for what is still to come."""

    title: SafeString
    position: str
    amount: str
    due: Due
    wording: Wording | None
    can_be_paid: bool
    path: str


@dataclass(frozen=True, kw_only=True)
class CustomerPage:
    """`amount` is all that is open, of which `dues` are the oldest; the sentences are empty where there is nothing."""

    letterhead: Letterhead
    merchant_name: str
    name: str
    amount: str
    currency: str
    how_many: str
    dues: list[DueRow]
    not_shown: str
    coming: list[DueRow]
    is_merchant_active: bool
    statement: StatementRows
    help_phone: HelpPhone
    help_whatsapp: str

    @property
    def is_amount_long(self) -> bool:
        return len(self.amount) > LONGEST_LARGE_AMOUNT


def build_customer_page(customer: Customer, *, language: str, now: datetime) -> CustomerPage:
    """In the active language, which `language` names. Never notes, address or national id (Y14)."""
    merchant = customer.merchant
    today = merchant.local_date(now)
    found = read_open_dues(customer, now=now)
    printer = _Printer(language=language, today=today)
    return CustomerPage(
        letterhead=letterhead_of(merchant, language),
        merchant_name=merchant.name_in(language),
        name=mask_name(customer.name),
        amount=format_amount(found.total, merchant.currency),
        currency=currency_label(merchant.currency, language),
        how_many=_how_many(found),
        dues=[printer.due(due) for due in found.dues],
        not_shown=_not_shown(found),
        coming=[printer.coming(installment) for installment in found.coming],
        is_merchant_active=merchant.is_active,
        statement=build_statement_rows(customer, today=today, language=language),
        help_phone=help_phone_of(merchant),
        help_whatsapp=help_whatsapp_of(merchant),
    )


def help_whatsapp_of(merchant: Merchant) -> str:
    return whatsapp_to(merchant.help_whatsapp, text=_("Hello, I have a question about my payments."))


def _how_many(found: OpenDues) -> str:
    return ngettext("%(count)s payment open", "%(count)s payments open", found.count) % {"count": found.count}


def _not_shown(found: OpenDues) -> str:
    count = found.count - len(found.dues)
    if count == 0:
        return ""
    return ngettext(
        "%(count)s later payment is not shown here yet.", "%(count)s later payments are not shown here yet.", count
    ) % {"count": count}


@dataclass(frozen=True, kw_only=True)
class _Printer:
    """Rows in one language, on one day."""

    language: str
    today: date

    def due(self, due: OpenDue) -> DueRow:
        state = self._state_of(due)
        return self._row(due.payable, PAY_PAGE[state], can_be_paid=state.is_payable)

    def coming(self, installment: Installment) -> DueRow:
        return self._row(installment, None, can_be_paid=False)

    def _row(self, payable: Payable, wording: Wording | None, *, can_be_paid: bool) -> DueRow:
        return DueRow(
            title=as_run(Truncator(title_of(payable)).chars(LONGEST_TITLE)),
            position=describe_position(payable),
            amount=format_amount_with_currency(payable.amount_due, document_of(payable).currency, self.language),
            due=due_of(payable, language=self.language, today=self.today, is_settled=False),
            wording=wording,
            can_be_paid=can_be_paid,
            path=payable_url(payable).removeprefix(settings.PUBLIC_BASE_URL),
        )

    def _state_of(self, due: OpenDue) -> State:
        """Without its invoice: whether the link at the gateway is alive is told by the payment page."""
        if due.is_being_checked:
            return State.PROCESSING
        if due.payable.amount_paid > 0:
            return State.PARTLY_PAID
        return State.OVERDUE if due.payable.due_date < self.today else State.OWED
