"""Customers' pages and the gateway's callbacks. Any one segment stands for the username, as in the API."""

from __future__ import annotations

from django.urls import path, re_path

from invoices.views.checking import checking
from invoices.views.gateway_return import gateway_return
from invoices.views.pay import pay
from invoices.views.robots import robots
from invoices.views.webhook import webhook

_MERCHANT = r"^(?P<username>[^/]+)"

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    # Whatever follows /pay is a token, mostly a wrong one: all of them get one and the same page.
    re_path(rf"{_MERCHANT}/pay(?:/(?P<token>[\s\S]*))?\Z", pay, name="pay"),
    re_path(rf"{_MERCHANT}/gateway/return/?\Z", gateway_return, name="gateway-return"),
    re_path(rf"{_MERCHANT}/gateway/webhook/?\Z", webhook, name="gateway-webhook"),
    re_path(rf"{_MERCHANT}/gateway/checking/(?P<watch_id>[^/]+)/?\Z", checking, name="gateway-checking"),
]
