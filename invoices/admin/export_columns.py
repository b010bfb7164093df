"""What the files of each list say: what the list shows, and the ids that other systems know its rows by."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from billing.admin.bills.screen import bill_words
from billing.exporting.columns import ExportColumn
from billing.money import in_currency
from billing.phones import in_files
from subscriptions.admin.installments import installment_words
from subscriptions.models import Installment


def _column(title: Any, read: str | Callable[[Any], Any]) -> ExportColumn:
    return ExportColumn(title=title, read=attrgetter(read) if isinstance(read, str) else read)


def _money(title: Any, read: str | Callable[[Any], Any]) -> ExportColumn:
    amount_of = attrgetter(read) if isinstance(read, str) else read

    def amount_in_its_currency(row: Any) -> Decimal | None:
        amount = amount_of(row)
        return None if amount is None else in_currency(amount, _currency_of(row))

    return ExportColumn(title=title, read=amount_in_its_currency)


def _currency_of(row: Any) -> str:
    currency: str = row.subscription.currency if isinstance(row, Installment) else row.currency
    return currency


def _phone(title: Any, read: str) -> ExportColumn:
    phone_of = attrgetter(read)
    return ExportColumn(title=title, read=lambda row: in_files(phone_of(row)))


def _display(field: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, f"get_{field}_display")())


def _payable(payment: Any) -> str:
    return str(payment.bill or payment.installment)


_MERCHANT: Final = _column(_("Merchant"), lambda row: str(row.merchant))

BILL_COLUMNS: Final = (
    _column(_("Number"), "billing_no"),
    _column(_("Bill number"), "bill_no"),
    _column(_("Id in the API"), "public_id"),
    _MERCHANT,
    _column(_("Customer's name"), "customer_name"),
    _phone(_("Customer's phone"), "customer_phone"),
    _column(_("Service"), "service_type"),
    _column(_("Currency"), "currency"),
    _money(_("Amount"), "amount"),
    _money(_("Still owed"), "amount_due"),
    _column(_("Due date"), "due_date"),
    _column(_("Status"), bill_words),
    _column(_("Status code"), "status"),
    _column(_("Created"), "created_at"),
)
SUBSCRIPTION_COLUMNS: Final = (
    _column(_("Number"), "subscription_no"),
    _column(_("Id in the API"), "public_id"),
    _MERCHANT,
    _column(_("Customer's name"), "customer_name"),
    _phone(_("Customer's phone"), "customer_phone"),
    _column(_("Product"), "product_name"),
    _column(_("Type"), _display("type")),
    _column(_("Currency"), "currency"),
    _money(_("Total"), "total_amount"),
    _money(_("Each payment"), lambda row: row.monthly_payment or row.recurring_amount),
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
    _phone(_("Customer's phone"), "subscription.customer_phone"),
    _column(_("Currency"), "subscription.currency"),
    _money(_("Amount"), "amount"),
    _money(_("Still owed"), "amount_due"),
    _column(_("Due date"), "due_date"),
    _column(_("Status"), installment_words),
    _column(_("Status code"), "status"),
)
INVOICE_COLUMNS: Final = (
    _column(_("Number"), "number"),
    _column(_("Reference"), "reference"),
    _column(_("Number at the gateway"), "gateway_id"),
    _MERCHANT,
    _column(_("Customer's name"), "customer_name"),
    _phone(_("Customer's phone"), "customer_phone"),
    _column(_("Currency"), "currency"),
    _money(_("Amount"), "amount"),
    _column(_("Status"), _display("status")),
    _column(_("Delivery"), _display("delivery")),
    _column(_("Channel"), _display("channel")),
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
    _phone(_("Customer's phone"), "customer.phone"),
    _column(_("For"), _payable),
    _column(_("Method"), _display("method")),
    _column(_("Currency"), "currency"),
    _money(_("Amount"), "amount"),
    _money(_("Settled"), "applied_amount"),
    _column(_("For review"), _display("review_reason")),
    _column(_("Received"), "received_at"),
)
CUSTOMER_COLUMNS: Final = (
    _column(_("Id"), "pk"),
    _MERCHANT,
    _column(_("Customer's name"), "name"),
    _phone(_("Customer's phone"), "phone"),
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
    _money(_("Gross"), "amount"),
    _money(_("Fee"), "fee"),
    _money(_("Net"), "net"),
    _column(_("Day paid"), "paid_on"),
    _column(_("Payout"), "payout_reference"),
    _column(_("Paid out on"), "payout_on"),
    _column(_("What was found"), _display("finding")),
    _column(_("Payment's id"), "payment_id"),
)
