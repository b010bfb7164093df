"""The screens of everything that has invoices: each registers itself."""

from billing.admin.screens.timeline import CODES, SETTINGS
from billing.models import Event
from invoices.admin.audits import screen as audits
from invoices.admin.customers import screen as customers
from invoices.admin.customers import wrong_recipients
from invoices.admin.invoices import callbacks, log
from invoices.admin.invoices import screen as invoices
from invoices.admin.merchants import gateway_accounts
from invoices.admin.merchants import screen as merchants
from invoices.admin.messages import screen as message_templates
from invoices.admin.payables import bills, installments, subscriptions
from invoices.admin.payments import credits, receipt_emails, refunds
from invoices.admin.payments import screen as payments
from invoices.admin.payouts import importing
from invoices.admin.payouts import lines as gateway_statement_lines
from invoices.admin.payouts import screen as gateway_statements
from invoices.admin.reminders import screen as reminders
from invoices.admin.reminders import steps as reminder_steps
from invoices.admin.shifts import screen as shifts
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
