"""Where a payment page leads besides paying."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from invoices.documents.availability import can_make_pdf
from invoices.pages.pay_page import PayPage
from invoices.services.payables import Payable


@dataclass(frozen=True, kw_only=True)
class PageLinks:
    """Addresses, empty for what there is not. Where documents cannot be made the page itself can be printed."""

    invoice: str
    receipt: str
    clearance: str
    calendar: str
    can_print: bool


def page_links(payable: Payable, page: PayPage, *, link_token: str, language: str) -> PageLinks:
    where = {"username": payable.merchant.username, "token": link_token}
    has_documents = can_make_pdf()
    is_cleared = page.plan is not None and page.plan.is_cleared

    def leading_to(name: str, *, if_: bool) -> str:
        return f"{reverse(name, kwargs=where)}?lang={language}" if if_ else ""

    return PageLinks(
        invoice=leading_to("pay-invoice-pdf", if_=has_documents),
        receipt=leading_to("pay-receipt-pdf", if_=has_documents and bool(page.payments)),
        clearance=leading_to("pay-clearance-pdf", if_=has_documents and is_cleared),
        calendar=leading_to("pay-calendar", if_=not page.state.is_settled),
        can_print=not has_documents,
    )
