"""What the files of each list say: what the list shows, and the ids that other systems know its rows by."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from billing.exporting.columns import ExportColumn


def _column(title: Any, read: str | Callable[[Any], Any]) -> ExportColumn:
    return ExportColumn(title=title, read=attrgetter(read) if isinstance(read, str) else read)


def _display(field: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, f"get_{field}_display")())


def _payable(payment: Any) -> str:
    return str(payment.bill or payment.installment)


_MERCHANT: Final = _column(_("Merchant"), "merchant.username")

BILL_COLUMNS: Final = (
    _column(_("Number"), "billing_no"),
    _column(_("Bill number"), "bill_no"),
    _column(_("Id in the API"), "public_id"),
    _MERCHANT,
    _column(_("Customer's name"), "customer_name"),
    _column(_("Customer's phone"), "customer_phone"),
    _column(_("Service"), "service_type"),
    _column(_("Currency"), "currency"),
    _column(_("Amount"), "amount"),
    _column(_("Still owed"), "amount_due"),
    _column(_("Due date"), "due_date"),
    _column(_("Status"), _display("status")),
    _column(_("Created"), "created_at"),
)
SUBSCRIPTION_COLUMNS: Final = (
    _column(_("Number"), "subscription_no"),
    _column(_("Id in the API"), "public_id"),
    _MERCHANT,
    _column(_("Customer's name"), "customer_name"),
    _column(_("Customer's phone"), "customer_phone"),
    _column(_("Product"), "product_name"),
    _column(_("Type"), _display("type")),
    _column(_("Currency"), "currency"),
    _column(_("Total"), "total_amount"),
    _column(_("Each payment"), lambda row: row.monthly_payment or row.recurring_amount),
    _column(_("Payment day"), "payment_day"),
    _column(_("First due"), "anchor_date"),
    _column(_("Status"), _display("status")),
    _column(_("Created"), "created_at"),
)
INSTALLMENT_COLUMNS: Final = (
    _column(_("Id"), "pk"),
    _column(_("Subscription"), "subscription.subscription_no"),
    _column(_("No."), "sequence"),
    _MERCHANT,
    _column(_("Customer's name"), "subscription.customer_name"),
    _column(_("Customer's phone"), "subscription.customer_phone"),
    _column(_("Currency"), "subscription.currency"),
    _column(_("Amount"), "amount"),
    _column(_("Still owed"), "amount_due"),
    _column(_("Due date"), "due_date"),
    _column(_("Status"), _display("status")),
)
INVOICE_COLUMNS: Final = (
    _column(_("Number"), "number"),
    _column(_("Reference"), "reference"),
    _column(_("Number at the gateway"), "gateway_id"),
    _MERCHANT,
    _column(_("Customer's name"), "customer_name"),
    _column(_("Customer's phone"), "customer_phone"),
    _column(_("Currency"), "currency"),
    _column(_("Amount"), "amount"),
    _column(_("Status"), _display("status")),
    _column(_("Delivery"), _display("delivery")),
    _column(_("Sent"), "sent_at"),
    _column(_("Due date"), "due_date"),
    _column(_("Created"), "created_at"),
)
PAYMENT_COLUMNS: Final = (
    _column(_("Id"), "pk"),
    _column(_("Receipt number"), "receipt_no"),
    _column(_("Transaction"), "transaction_token"),
    _MERCHANT,
    _column(_("Customer's name"), "customer.name"),
    _column(_("Customer's phone"), "customer.phone"),
    _column(_("For"), _payable),
    _column(_("Method"), _display("method")),
    _column(_("Currency"), "currency"),
    _column(_("Amount"), "amount"),
    _column(_("Settled"), "applied_amount"),
    _column(_("For review"), _display("review_reason")),
    _column(_("Received"), "received_at"),
)
CUSTOMER_COLUMNS: Final = (
    _column(_("Id"), "pk"),
    _MERCHANT,
    _column(_("Customer's name"), "name"),
    _column(_("Customer's phone"), "phone"),
    _column(_("Customer's e-mail"), "email"),
    _column(_("National id"), "national_id"),
    _column(_("Address"), "address"),
    _column(_("Created"), "created_at"),
)
STATEMENT_LINE_COLUMNS: Final = (
    _column(_("File"), "statement.name"),
    _column(_("Row"), "number"),
    _MERCHANT,
    _column(_("Kind"), _display("kind")),
    _column(_("Transaction"), "transaction"),
    _column(_("Reference"), "reference"),
    _column(_("Number at the gateway"), "gateway_invoice"),
    _column(_("Currency"), "currency"),
    _column(_("Gross"), "amount"),
    _column(_("Fee"), "fee"),
    _column(_("Net"), "net"),
    _column(_("Day paid"), "paid_on"),
    _column(_("Payout"), "payout_reference"),
    _column(_("Paid out on"), "payout_on"),
    _column(_("What was found"), _display("finding")),
    _column(_("Payment's id"), "payment_id"),
)
