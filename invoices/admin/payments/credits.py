"""Credits: what was paid too much and is used for something else of the same customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.approving import ApprovedByAnother
from billing.admin.cells import above, instant, isolated, link, money, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.page_actions import Text
from billing.admin.screens.documents import Column, DocumentAdmin, Fact, Page, Section
from billing.models import Event
from invoices.admin.asked_about import about_credit
from invoices.admin.payments.approval_cells import AloneFilter, done_by, who_decided
from invoices.admin.payments.credit_actions import ApproveCredit, RejectCredit
from invoices.admin.payments.left_over import rest_shown
from invoices.models import Credit, Payment
from invoices.services.payables import Payable


class CreditAdmin(ApprovedByAnother, TabbedList, DocumentAdmin):
    asked_by = "requested_by"
    search = Search(
        numbers=("payment__receipt_no", "bill__billing_no", "installment__subscription__subscription_no"),
        phones=("payment__customer__phone",),
        names=("reason",),
        spelled=("payment__customer__search_name",),
    )
    search_help_text = _("Receipt, bill or subscription number, phone, name or reason")
    page_actions = (ApproveCredit(), RejectCredit())
    tabs = Credit.Status
    list_display = (
        "requested",
        "customer_shown",
        "amount_shown",
        "for_shown",
        "state",
        "reason_shown",
        "merchant_shown",
    )
    list_select_related = ("merchant", "payment__customer", "bill", "installment__subscription", "requested_by")
    list_filter = (
        MerchantFilter,
        choice_filter("status", _("status"), Credit.Status),
        AloneFilter,
        recent_filter("requested_at", _("requested")),
    )
    linked_lookups = ("payment",)
    ordering = ("-id",)
    fields: ClassVar[Any] = ("requested", "decided", "merchant_shown")

    def asked_about(self, row: Credit) -> list[Fact]:
        return about_credit(row)

    def page(self, request: HttpRequest, row: Credit) -> Page:
        payment = row.payment
        facts = [
            Fact(title=_("Amount"), value=self.amount_shown(row), is_loud=True),
            Fact(title=_("Status"), value=self.state(row)),
            Fact(title=_("Customer"), value=self.customer_shown(row)),
            Fact(title=_("Payment"), value=link(payment, instant(payment.received_at))),
            Fact(title=_("For"), value=self.for_shown(row)),
            Fact(title=_("Reason"), value=self.reason_shown(row)),
        ]
        return Page(facts=facts, subjects=[(Event.Subject.PAYMENT, [row.payment_id])], currency=payment.currency)

    @display(description=_("requested"), ordering="requested_at")
    def requested(self, obj: Credit) -> SafeString:
        return done_by(obj.requested_by, obj.requested_at)

    @display(description=_("decided"))
    def decided(self, obj: Credit) -> SafeString:
        return who_decided(obj)

    @display(description=_("customer"))
    def customer_shown(self, obj: Credit) -> SafeString:
        return link(obj.payment.customer)

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, obj: Credit) -> SafeString:
        return money(obj.amount, obj.payment.currency)

    @display(description=_("for"))
    def for_shown(self, obj: Credit) -> SafeString:
        return link(obj.payable)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Credit) -> SafeString:
        return status_label(obj)

    @display(description=_("reason"))
    def reason_shown(self, obj: Credit) -> SafeString:
        return isolated(obj.reason)


def left_over_fact(payment: Payment) -> list[Fact]:
    """What can still be used or given back of a surplus. Only where there was one."""
    if payment.applied_amount == payment.amount:
        return []
    return [Fact(title=_("Left over"), value=money(rest_shown(payment).surplus, payment.currency))]


def used_from_section(credits_of: Iterable[Credit]) -> list[Section]:
    """On a payment: what of its surplus is used, and for what. Only where there is something to say."""
    rows = [
        (
            above(link(credit, instant(credit.requested_at)), isolated(credit.reason)),
            above(link(credit.payable), status_label(credit.payable)),
            money(credit.amount, credit.payment.currency),
            status_label(credit),
        )
        for credit in credits_of
    ]
    return [_section(_("Used for something else"), _("For"), rows)] if rows else []


def used_here_section(payable: Payable, payments: Iterable[Payment]) -> list[Section]:
    """On a bill or installment: which overpayments settled it, where its own payments did not settle all."""
    if payable.amount_paid == sum(payment.applied_amount for payment in payments):
        return []
    credits_of: Iterable[Credit] = payable.credits.select_related("payment").order_by("-id")
    rows = [
        (
            above(link(credit, instant(credit.requested_at)), isolated(credit.reason)),
            link(credit.payment, instant(credit.payment.received_at)),
            money(credit.amount, credit.payment.currency),
            status_label(credit),
        )
        for credit in credits_of
    ]
    return [_section(_("From overpayments"), _("Payment"), rows)] if rows else []


def _section(title: Text, other: Text, rows: Sequence[tuple[object, ...]]) -> Section:
    columns = (
        Column(title=_("Requested")),
        Column(title=other),
        Column(title=_("Amount"), is_numeric=True),
        Column(title=_("Status")),
    )
    return Section(title=title, columns=columns, rows=rows)


admin.site.register(Credit, CreditAdmin)
