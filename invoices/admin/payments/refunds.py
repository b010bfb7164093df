"""Refunds: what waits for approval, what waits to be paid out, and what was given back by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.approving import ApprovedByAnother
from billing.admin.cells import above, instant, isolated, latin, link, money, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.screens.documents import Column, DocumentAdmin, Fact, Page, Section
from billing.models import Event
from invoices.admin.asked_about import about_refund
from invoices.admin.payments.approval_cells import AloneFilter, done_by, who_decided
from invoices.admin.payments.refund_actions import ApproveRefund, CompleteRefund, RejectRefund
from invoices.models import Refund
from invoices.services.payables import Payable


class RefundAdmin(ApprovedByAnother, TabbedList, DocumentAdmin):
    asked_by = "requested_by"
    search = Search(
        numbers=("reference", "payment__receipt_no", "payment__transaction_token"),
        phones=("payment__customer__phone",),
        names=("reason",),
        spelled=("payment__customer__search_name",),
    )
    search_help_text = _("Reference, receipt number, transaction, phone, name or reason")
    page_actions = (ApproveRefund(), CompleteRefund(), RejectRefund())
    tabs = Refund.Status
    list_display = ("requested", "customer_shown", "amount_shown", "method", "state", "reason_shown", "merchant_shown")
    list_select_related = ("merchant", "payment__customer", "requested_by")
    list_filter = (
        MerchantFilter,
        choice_filter("status", _("status"), Refund.Status),
        choice_filter("method", _("method"), Refund.Method),
        AloneFilter,
        recent_filter("requested_at", _("requested")),
    )
    linked_lookups = ("payment",)
    ordering = ("-id",)
    fields: ClassVar[Any] = ("requested", "decided", "given_back", "reference_shown", "merchant_shown")

    def asked_about(self, row: Refund) -> list[Fact]:
        return about_refund(row)

    def page(self, request: HttpRequest, row: Refund) -> Page:
        payment = row.payment
        facts = [
            Fact(title=_("Amount"), value=self.amount_shown(row), is_loud=True),
            Fact(title=_("Status"), value=self.state(row)),
            Fact(title=_("Method"), value=row.get_method_display()),
            Fact(title=_("Customer"), value=self.customer_shown(row)),
            Fact(title=_("Payment"), value=link(payment, instant(payment.received_at))),
            Fact(title=_("Of what was settled"), value=money(row.settled_amount, payment.currency)),
            Fact(title=_("Reason"), value=self.reason_shown(row)),
        ]
        return Page(facts=facts, subjects=[(Event.Subject.PAYMENT, [row.payment_id])], currency=payment.currency)

    @display(description=_("requested"), ordering="requested_at")
    def requested(self, obj: Refund) -> SafeString:
        return done_by(obj.requested_by, obj.requested_at)

    @display(description=_("decided"))
    def decided(self, obj: Refund) -> SafeString:
        return who_decided(obj)

    @display(description=_("given back"))
    def given_back(self, obj: Refund) -> SafeString:
        return done_by(obj.done_by, obj.done_at)

    @display(description=_("customer"))
    def customer_shown(self, obj: Refund) -> SafeString:
        return link(obj.payment.customer)

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, obj: Refund) -> SafeString:
        return money(obj.amount, obj.payment.currency)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Refund) -> SafeString:
        return status_label(obj)

    @display(description=_("reason"))
    def reason_shown(self, obj: Refund) -> SafeString:
        return isolated(obj.reason)

    @display(description=_("reference"))
    def reference_shown(self, obj: Refund) -> SafeString:
        return latin(obj.reference)


def refunds_section(refunds: Iterable[Refund]) -> Section:
    """The refunds of one payment."""
    columns = (
        Column(title=_("Requested")),
        Column(title=_("Method")),
        Column(title=_("Amount"), is_numeric=True),
        Column(title=_("Status")),
    )
    rows = [
        (
            above(link(refund, instant(refund.requested_at)), isolated(refund.reason)),
            refund.get_method_display(),
            money(refund.amount, refund.payment.currency),
            status_label(refund),
        )
        for refund in refunds
    ]
    return Section(title=_("Refunds"), columns=columns, rows=rows, empty=_("Nothing was given back."))


def refunded_fact(payable: Payable, currency: str) -> list[Fact]:
    """Only where there is something to say."""
    if not payable.amount_refunded:
        return []
    return [Fact(title=_("Given back"), value=money(payable.amount_refunded, currency))]


admin.site.register(Refund, RefundAdmin)
