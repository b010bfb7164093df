from billing.admin.timeline import CODES
from invoices.admin import (
    audits,
    bills,
    callbacks,
    customers,
    gateway_accounts,
    installments,
    invoices,
    log,
    merchants,
    payments,
    reminder_steps,
    reminders,
    subscriptions,
)
from invoices.models import Invoice, Payment

CODES.update(Invoice.CancelReason.choices)
CODES.update(Payment.Method.choices)

__all__ = [
    "audits",
    "bills",
    "callbacks",
    "customers",
    "gateway_accounts",
    "installments",
    "invoices",
    "log",
    "merchants",
    "payments",
    "reminder_steps",
    "reminders",
    "subscriptions",
]
