"""Customers' pages and the gateway's callbacks. Any one segment stands for the username, as in the API."""

from __future__ import annotations

from django.urls import path, re_path

from invoices.views import documents
from invoices.views.calendar import due_calendar
from invoices.views.checking import checking
from invoices.views.customer import customer
from invoices.views.gateway_return import gateway_return
from invoices.views.logo import logo
from invoices.views.pay import pay
from invoices.views.robots import robots
from invoices.views.verify import verify
from invoices.views.webhook import webhook

_MERCHANT = r"^(?P<username>[^/]+)"

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    re_path(rf"{_MERCHANT}/logo/(?P<digest>[0-9a-f]{{64}})\Z", logo, name="logo"),
    re_path(rf"{_MERCHANT}/pay/(?P<token>[^/]*)/due\.ics\Z", due_calendar, name="pay-calendar"),
    re_path(rf"{_MERCHANT}/pay/(?P<token>[^/]*)/invoice\.pdf\Z", documents.invoice, name="pay-invoice-pdf"),
    re_path(rf"{_MERCHANT}/pay/(?P<token>[^/]*)/receipt\.pdf\Z", documents.receipt, name="pay-receipt-pdf"),
    re_path(
        rf"{_MERCHANT}/pay/(?P<token>[^/]*)/receipt-(?P<receipt_no>RCP-[0-9-]+)\.pdf\Z",
        documents.receipt,
        name="pay-receipt-pdf",
    ),
    re_path(rf"{_MERCHANT}/pay/(?P<token>[^/]*)/clearance\.pdf\Z", documents.clearance, name="pay-clearance-pdf"),
    re_path(rf"{_MERCHANT}/c/(?P<token>[^/]*)/statement\.pdf\Z", documents.account, name="customer-statement-pdf"),
    re_path(rf"{_MERCHANT}/r(?:/(?P<code>[\s\S]*))?\Z", verify, name="verify"),
    # Whatever follows /pay is a token, mostly a wrong one: all of them get one and the same page.
    re_path(rf"{_MERCHANT}/pay(?:/(?P<token>[\s\S]*))?\Z", pay, name="pay"),
    re_path(rf"{_MERCHANT}/c(?:/(?P<token>[\s\S]*))?\Z", customer, name="customer"),
    re_path(rf"{_MERCHANT}/gateway/return/?\Z", gateway_return, name="gateway-return"),
    re_path(rf"{_MERCHANT}/gateway/webhook/?\Z", webhook, name="gateway-webhook"),
    re_path(rf"{_MERCHANT}/gateway/checking/(?P<watch_id>[^/]+)/?\Z", checking, name="gateway-checking"),
]
