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
from subscriptions.models import Installment

CODES.update(Invoice.CancelReason.choices)
CODES.update(Payment.Method.choices)
CODES.update(Installment.Hold.choices)

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
