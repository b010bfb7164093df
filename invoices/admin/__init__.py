from billing.admin.timeline import CODES
from invoices.admin import (
    bills,
    callbacks,
    customers,
    gateway_accounts,
    installments,
    invoices,
    log,
    payments,
    subscriptions,
)
from invoices.models import Invoice, Payment

CODES.update(Invoice.CancelReason.choices)
CODES.update(Payment.Method.choices)

__all__ = [
    "bills",
    "callbacks",
    "customers",
    "gateway_accounts",
    "installments",
    "invoices",
    "log",
    "payments",
    "subscriptions",
]
