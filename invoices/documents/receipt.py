"""The receipt of one payment, ready to print; and what its verification page may say, which is no more."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from invoices.documents.days import print_day
from invoices.documents.items import Item, item_of
from invoices.documents.letterheads import Letterhead, Party, letterhead_of, party_of
from invoices.documents.qr import draw_qr
from invoices.documents.receipt_codes import sign_receipt
from invoices.models import Payment
from invoices.pages.amounts import currency_label, format_amount, format_amount_with_currency
from invoices.pages.facts import Fact, number_fact
from invoices.services.payables import document_of
from invoices.services.refunds import given_back


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts:
    """What is said of a payment on paper and to whoever verifies it. `refunded` is empty unless some went back."""

    number: str
    amount: str
    currency: str
    refunded: str
    facts: list[Fact]
    party: Party


@dataclass(frozen=True, kw_only=True)
class ReceiptDocument:
    letterhead: Letterhead
    receipt: ReceiptFacts
    item: Item
    url: str
    qr: SafeString


def build_receipt(payment: Payment, *, language: str, in_full: bool) -> ReceiptDocument:
    """
    In the active language, which `language` names.

    :param payment: one that has its number, with its bill or installment
    """
    url = verification_url(payment)
    return ReceiptDocument(
        letterhead=letterhead_of(payment.merchant, language),
        receipt=receipt_facts(payment, language=language, in_full=in_full),
        item=item_of(payment.payable),
        url=url,
        qr=draw_qr(url),
    )


def receipt_facts(payment: Payment, *, language: str, in_full: bool) -> ReceiptFacts:
    payable, merchant, back = payment.payable, payment.merchant, given_back(payment)
    return ReceiptFacts(
        number=payment.receipt_no or "",
        amount=format_amount(payment.amount, payment.currency),
        currency=currency_label(payment.currency, language),
        refunded=format_amount_with_currency(back, payment.currency, language) if back > 0 else "",
        facts=[
            Fact(
                label=_("Received on"),
                value=print_day(merchant.local_date(payment.received_at), merchant, language),
            ),
            Fact(label=_("Method"), value=payment.get_method_display()),
            number_fact(payable),
        ],
        party=party_of(document_of(payable), merchant=merchant, in_full=in_full),
    )


def verification_url(payment: Payment) -> str:
    """Where anybody who holds the receipt can see that it is genuine."""
    username = payment.merchant.username
    code = sign_receipt(payment.pk, username=username, key=settings.PAYMENT_LINK_KEY)
    return f"{settings.PUBLIC_BASE_URL}{reverse('verify', kwargs={'username': username, 'code': code})}"
