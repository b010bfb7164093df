"""Documents of a bill, an installment or a customer, for whoever holds its link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.models import Bill
from billing.payment_links import InvalidLink
from invoices.documents.clearance import PlanNotCleared
from invoices.documents.papers import Paper, account_paper, clearance_paper, invoice_paper, receipt_paper
from invoices.documents.rendering import PdfUnavailable
from invoices.documents.requests import format_of
from invoices.documents.responses import pdf_response
from invoices.documents.wordings import NOT_CLEARED_YET
from invoices.models import Payment
from invoices.pages.customers import find_customer, may_see
from invoices.pages.languages import choose_language
from invoices.pages.limits import is_over_limit
from invoices.pages.payables import customer_of, find_payable
from invoices.pages.responses import SeeOther, customer_page, message_page, unknown_link_page
from invoices.pages.wordings import TOO_MANY
from invoices.services.payables import Payable, payable_filter
from invoices.services.receipts import number_receipt


class NoSuchDocument(Exception):
    """Nothing to print for this address; the reader learns no more than for a wrong link."""


class BackToPage(Exception):
    """The page itself has to be seen first, or instead."""


Answer = Callable[..., Paper]


def document(page: str) -> Callable[[Answer], Callable[..., HttpResponse]]:
    """
    Turn a function that finds a paper into a view, with the safeguards of customers' pages and a limit of its own.

    :param page: the name of the page that is printed by the browser where no PDF can be made
    """

    def decorate(answer: Answer) -> Callable[..., HttpResponse]:
        @require_safe
        @customer_page
        @wraps(answer)
        def view(request: HttpRequest, username: str, token: str, **kwargs: Any) -> HttpResponse:
            limit = settings.DOCUMENTS_PER_ADDRESS
            if request.method == "GET" and is_over_limit(request, group="documents", rate=limit):
                return message_page(request, TOO_MANY, status=429, retry_after=60)
            try:
                return pdf_response(request, answer(request, username, token, **kwargs))
            except (InvalidLink, NoSuchDocument):
                return unknown_link_page(request)
            except PlanNotCleared:
                return message_page(request, NOT_CLEARED_YET, status=409)
            except (PdfUnavailable, BackToPage):
                query = request.META.get("QUERY_STRING", "")
                address = reverse(page, kwargs={"username": username, "token": token})
                return SeeOther(f"{address}?{query}" if query else address)

        return view

    return decorate


@document("pay")
def invoice(request: HttpRequest, username: str, token: str) -> Paper:
    payable = _payable(username, token)
    today = payable.merchant.local_date(timezone.now())
    return invoice_paper(payable, language=_language(request, payable), today=today)


@document("pay")
def receipt(request: HttpRequest, username: str, token: str, receipt_no: str = "") -> Paper:
    """Of the payment with this number; without one, of the last."""
    payable = _payable(username, token)
    payments = Payment.objects.filter(**payable_filter(payable)).order_by("-received_at", "-pk")
    payment = (payments.filter(receipt_no=receipt_no) if receipt_no else payments).first()
    if payment is None:
        raise NoSuchDocument
    payment.merchant, payment.bill, payment.installment = payable.merchant, *_halves(payable)
    if request.method == "GET":
        payment.receipt_no = payment.receipt_no or number_receipt(payment_id=payment.pk)
    return receipt_paper(payment, language=_language(request, payable), format=format_of(request))


@document("pay")
def clearance(request: HttpRequest, username: str, token: str) -> Paper:
    payable = _payable(username, token)
    if isinstance(payable, Bill):
        raise NoSuchDocument
    plan = payable.subscription
    plan.merchant = payable.merchant
    today = payable.merchant.local_date(timezone.now())
    return clearance_paper(plan, language=_language(request, payable), today=today)


@document("customer")
def account(request: HttpRequest, username: str, token: str) -> Paper:
    customer = find_customer(username=username, link_token=token, key=settings.PAYMENT_LINK_KEY)
    if not may_see(request, customer):
        raise BackToPage
    language = choose_language(request, customer=customer.language, merchant=customer.merchant.language)
    return account_paper(customer, language=language, today=customer.merchant.local_date(timezone.now()))


def _payable(username: str, token: str) -> Payable:
    return find_payable(username=username, link_token=token, key=settings.PAYMENT_LINK_KEY)


def _language(request: HttpRequest, payable: Payable) -> str:
    return choose_language(request, customer=customer_of(payable).language, merchant=payable.merchant.language)


def _halves(payable: Payable) -> tuple[Any, Any]:
    return (payable, None) if isinstance(payable, Bill) else (None, payable)
