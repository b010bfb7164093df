"""
The sandbox's paths, relative: wherever they are mounted, that address is the merchant's base URL.

The slash after `invoice` is kept, the others have none (gateway.md, Transport).
"""

from __future__ import annotations

from django.urls import path, re_path

from invoices.sandbox.views import (
    control,
    elsewhere,
    faults,
    inbox,
    logins,
    merchant_api,
    pay,
    transactions,
)

app_name = "sandbox"

urlpatterns = [
    path("", inbox.home, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("pay/<str:token>", pay.pay, name="pay"),
    path("faults/", faults.faults, name="faults"),
    path("control/", control.control, name="control"),
    path("api/v1/login", logins.login, name="login"),
    path("api/v1/token-refresh", logins.token_refresh, name="token-refresh"),
    path("api/v1/invoice/", merchant_api.create, name="create"),
    path("api/v1/invoice/resend", merchant_api.resend, name="resend"),
    path("api/v1/invoice/<str:key>", merchant_api.invoice, name="invoice"),
    path("api/v1/invoice-dashboard", merchant_api.dashboard, name="dashboard"),
    path("api/v1/refund", merchant_api.refund, name="refund"),
    path("api/transaction/<str:key>", transactions.transaction, name="transaction"),
    re_path(r"^api/", elsewhere.no_such_path),
]
