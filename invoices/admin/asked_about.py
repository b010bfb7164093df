"""What stands above every question about a document: who, which, how much, and until when."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing.admin.bills.screen import is_overdue
from billing.admin.cells import NOTHING, day, instant, isolated, money, number, person
from billing.admin.screens.documents import Fact
from billing.models import Bill, Customer
from invoices.models import Credit, Invoice, Payment, Refund, Reminder
from subscriptions.admin.installments import is_overdue as is_installment_overdue
from subscriptions.models import Installment, Subscription


def about_customer(customer: Customer) -> list[Fact]:
    return [_customer(customer.name, customer.phone)]


def about_bill(bill: Bill) -> list[Fact]:
    return [
        _customer(bill.customer_name, bill.customer_phone),
        Fact(title=_("Bill"), value=number(bill)),
        Fact(title=_("Amount"), value=money(bill.amount, bill.currency)),
        Fact(title=_("Still owed"), value=money(bill.amount_due, bill.currency), is_loud=True),
        Fact(title=_("Due"), value=day(bill.due_date, is_late=is_overdue(bill))),
    ]


def about_installment(installment: Installment) -> list[Fact]:
    plan = installment.subscription
    return [
        _customer(plan.customer_name, plan.customer_phone),
        Fact(title=_("Installment"), value=number(installment)),
        Fact(title=_("Amount"), value=money(installment.amount, plan.currency)),
        Fact(title=_("Still owed"), value=money(installment.amount_due, plan.currency), is_loud=True),
        Fact(title=_("Due"), value=day(installment.due_date, is_late=is_installment_overdue(installment))),
    ]


def about_plan(plan: Subscription) -> list[Fact]:
    return [
        _customer(plan.customer_name, plan.customer_phone),
        Fact(title=_("Subscription"), value=number(plan)),
        Fact(title=_("Product"), value=isolated(plan.product_name)),
        Fact(title=_("Type"), value=plan.get_type_display()),
        Fact(title=_("Amount"), value=money(plan.recurring_amount or plan.total_amount, plan.currency)),
    ]


def about_invoice(invoice: Invoice) -> list[Fact]:
    return [
        _customer(invoice.customer_name, invoice.customer_phone),
        Fact(title=_("Invoice"), value=number(invoice)),
        Fact(title=_("Amount"), value=money(invoice.amount, invoice.currency)),
        Fact(title=_("Still owed"), value=money(invoice.payable.amount_due, invoice.currency), is_loud=True),
        Fact(title=_("Due"), value=day(invoice.due_date)),
    ]


def about_payment(payment: Payment) -> list[Fact]:
    return [
        _customer(payment.customer.name, payment.customer.phone),
        Fact(title=_("Receipt"), value=number(payment.receipt_no or NOTHING)),
        Fact(title=_("For"), value=number(payment.payable)),
        Fact(title=_("Amount"), value=money(payment.amount, payment.currency), is_loud=True),
        Fact(title=_("Received"), value=instant(payment.received_at)),
    ]


def about_refund(refund: Refund) -> list[Fact]:
    payment = refund.payment
    return [
        _customer(payment.customer.name, payment.customer.phone),
        Fact(title=_("Receipt"), value=number(payment.receipt_no or NOTHING)),
        Fact(title=_("Amount"), value=money(refund.amount, payment.currency), is_loud=True),
        Fact(title=_("How it is given back"), value=refund.get_method_display()),
        Fact(title=_("Reason"), value=isolated(refund.reason)),
    ]


def about_credit(credit: Credit) -> list[Fact]:
    payment = credit.payment
    return [
        _customer(payment.customer.name, payment.customer.phone),
        Fact(title=_("Receipt"), value=number(payment.receipt_no or NOTHING)),
        Fact(title=_("For"), value=number(credit.payable)),
        Fact(title=_("Amount"), value=money(credit.amount, payment.currency), is_loud=True),
        Fact(title=_("Reason"), value=isolated(credit.reason)),
    ]


def about_reminder(reminder: Reminder) -> list[Fact]:
    invoice = reminder.invoice
    return [
        _customer(reminder.customer.name, reminder.customer.phone),
        Fact(title=_("Invoice"), value=number(invoice)),
        Fact(title=_("Amount"), value=money(invoice.amount, invoice.currency), is_loud=True),
        Fact(title=_("Due"), value=day(invoice.due_date)),
    ]


def _customer(name: str, phone: str) -> Fact:
    return Fact(title=_("Customer"), value=person(name, phone))
