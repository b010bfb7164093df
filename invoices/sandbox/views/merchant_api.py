"""The merchant API: `api/v1/…`, encrypted both ways."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from invoices.sandbox.answers import Answer, invalid_fields, success
from invoices.sandbox.invoice_shapes import invoice_shape
from invoices.sandbox.invoicing import cancel_invoice, create_invoice, find_invoice, resend_invoice
from invoices.sandbox.merchant_calls import MerchantCall, answer_merchant
from invoices.sandbox.models import Operation
from invoices.sandbox.orders import read_order
from invoices.sandbox.refunds import request_refund
from invoices.sandbox.resends import read_resend
from invoices.sandbox.searching import search_invoices


@csrf_exempt
@require_POST
def create(request: HttpRequest) -> HttpResponseBase:
    return answer_merchant(request, _create, operation=Operation.CREATE)


@csrf_exempt
@require_http_methods(["GET", "PUT"])
def invoice(request: HttpRequest, key: str) -> HttpResponseBase:
    """GET by id, PUT by token: the gateway gives both the same path."""
    if request.method == "PUT":
        return answer_merchant(request, lambda call: _cancel(call, key), operation=Operation.CANCEL)
    return answer_merchant(request, lambda call: _show(call, key), operation=Operation.ENQUIRE)


@csrf_exempt
@require_POST
def resend(request: HttpRequest) -> HttpResponseBase:
    return answer_merchant(request, _resend, operation=Operation.RESEND)


@csrf_exempt
@require_POST
def refund(request: HttpRequest) -> HttpResponseBase:
    return answer_merchant(request, _refund, operation=Operation.REFUND)


@require_GET
def dashboard(request: HttpRequest) -> HttpResponseBase:
    return answer_merchant(request, _search, operation=Operation.ENQUIRE)


def _create(call: MerchantCall) -> Answer:
    order = read_order(call.payload, today=call.now.date())
    made = create_invoice(
        account=call.account,
        order=order,
        url_of=lambda token: call.request.build_absolute_uri(reverse("sandbox:pay", args=[token])),
    )
    return success("Invoice created successfully", invoice_shape(made))


def _show(call: MerchantCall, invoice_id: str) -> Answer:
    found = find_invoice(account=call.account, invoice_id=invoice_id)
    return success("Invoice details", invoice_shape(found))


def _cancel(call: MerchantCall, token: str) -> Answer:
    if call.payload.get("statusId") != "3":
        raise invalid_fields({"statusId": ["must be 3"]})
    cancel_invoice(account=call.account, token=token)
    return success("Invoice status update successful", None)


def _resend(call: MerchantCall) -> Answer:
    asked = read_resend(call.payload)
    sent = resend_invoice(account=call.account, resend_id=asked.resend_id, phone=asked.phone)
    return success("Invoice sent again", invoice_shape(sent))


def _refund(call: MerchantCall) -> Answer:
    return success("Refund requested", request_refund(account=call.account, payload=call.payload))


def _search(call: MerchantCall) -> Answer:
    query = call.request.GET
    page = search_invoices(account=call.account, text=query.get("search", ""), page=query.get("page", "1"))
    return success("Invoices", {"invoices": page})
