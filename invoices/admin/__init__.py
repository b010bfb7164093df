from billing.admin.timeline import CODES, SETTINGS
from billing.models import Event
from invoices.admin import (
    audits,
    bills,
    callbacks,
    credits,
    customers,
    gateway_accounts,
    gateway_statement_lines,
    gateway_statements,
    importing,
    installments,
    invoices,
    log,
    merchants,
    message_templates,
    payments,
    receipt_emails,
    refunds,
    reminder_steps,
    reminders,
    shifts,
    subscriptions,
    wrong_recipients,
)
from invoices.models import GatewayAccount, Invoice, MessageTemplate, Payment
from subscriptions.models import Installment

CODES.update(Invoice.CancelReason.choices)
CODES.update(Payment.Method.choices)
CODES.update(Installment.Hold.choices)
SETTINGS[Event.Subject.GATEWAY_ACCOUNT] = GatewayAccount
CODES.update(MessageTemplate.Use.choices)

__all__ = [
    "audits",
    "bills",
    "callbacks",
    "credits",
    "customers",
    "gateway_accounts",
    "gateway_statement_lines",
    "gateway_statements",
    "importing",
    "installments",
    "invoices",
    "log",
    "merchants",
    "message_templates",
    "payments",
    "receipt_emails",
    "refunds",
    "reminder_steps",
    "reminders",
    "shifts",
    "subscriptions",
    "wrong_recipients",
]
