"""Lines of the gateway's statements, by what was found about them, and what to do about each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.cells import above, day, isolated, latin, link, money, money_text, number, status_label
from billing.admin.lists.date_filters import DateFilter, RecentFilter
from billing.admin.lists.filters import MerchantFilter, choice_filter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin, Fact, Page, Section
from invoices.admin.export_columns import STATEMENT_LINE_COLUMNS
from invoices.admin.payouts.line_notices import invoice_of, notices_of
from invoices.models import GatewayStatementLine

Finding = GatewayStatementLine.Finding


class PaidFilter(DateFilter):
    """By the day on which the customer paid, as the statement says."""

    title = _("day paid")
    parameter_name = "paid"
    presets: ClassVar[Any] = {name: RecentFilter.presets[name] for name in ("this-month", "last-month")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self.days
        if first:
            queryset = queryset.filter(paid_on__gte=first)
        return queryset.filter(paid_on__lte=last) if last else queryset


class GatewayStatementLineAdmin(TabbedList, ExportingAdmin, DocumentAdmin):
    see_right = Right.SEE_REPORTS
    search = Search(
        numbers=("transaction", "reference", "gateway_invoice", "payout_reference"),
        phones=("payment__customer__phone",),
        spelled=("payment__customer__search_name",),
    )
    search_help_text = _("Transaction, reference, invoice or payout number, phone or name")
    tabs = Finding
    tab_field = "finding"
    list_before_template = "admin/office/tabs.html"
    export_columns = STATEMENT_LINE_COLUMNS
    list_display = (
        "line_shown",
        "paid",
        "gross_and_fee",
        "net_shown",
        "state",
        "ours",
        "payout_shown",
        "merchant_shown",
    )
    list_select_related = ("merchant", "statement", "payment__customer", "refund__payment__customer")
    list_filter = (
        MerchantFilter,
        choice_filter("finding", _("what was found"), Finding),
        choice_filter("kind", _("kind"), GatewayStatementLine.Kind),
        PaidFilter,
    )
    linked_lookups = ("statement", "currency", "payout_reference", "payout_on", "payout_on__isnull")
    ordering = ("-paid_on", "-id")
    sorted_by_index = ("paid_on",)
    fields: ClassVar[Any] = (
        "statement_shown",
        "number",
        "transaction_shown",
        "reference_shown",
        "gateway_invoice_shown",
        "account_code_shown",
        "payout_shown",
        "merchant_shown",
    )

    def page(self, request: HttpRequest, row: GatewayStatementLine) -> Page:
        facts = [
            Fact(title=_("Net"), value=self.net_shown(row), is_loud=True),
            Fact(title=_("Gross"), value=self.amount_shown(row)),
            Fact(title=_("Fee"), value=self.fee_shown(row)),
            Fact(title=_("Kind"), value=row.get_kind_display()),
            Fact(title=_("Day paid"), value=self.paid(row)),
            Fact(title=_("What was found"), value=self.state(row)),
            Fact(title=_("Recorded here"), value=self.ours(row)),
        ]
        invoice = invoice_of(row)
        asked = [Section(title=_("Invoice"), content=link(invoice))] if invoice else []
        return Page(facts=facts, notices=notices_of(row, invoice), sections=asked, currency=row.currency)

    @display(description=_("line"))
    def line_shown(self, obj: GatewayStatementLine) -> SafeString:
        key = obj.transaction or obj.reference or obj.gateway_invoice
        return above(number(key or _("Row %(number)s") % {"number": obj.number}), obj.get_kind_display())

    @display(description=_("day paid"), ordering="paid_on")
    def paid(self, obj: GatewayStatementLine) -> SafeString:
        return day(obj.paid_on)

    @display(description=_("gross"))
    def gross_and_fee(self, obj: GatewayStatementLine) -> SafeString:
        fee = money_text(obj.fee, obj.currency)
        return above(self.amount_shown(obj), _("Fee %(fee)s") % {"fee": fee}) if obj.fee else self.amount_shown(obj)

    @display(description=_("gross"))
    def amount_shown(self, obj: GatewayStatementLine) -> SafeString:
        return money(obj.amount, obj.currency)

    @display(description=_("fee"))
    def fee_shown(self, obj: GatewayStatementLine) -> SafeString:
        return money(obj.fee, obj.currency)

    @display(description=_("net"))
    def net_shown(self, obj: GatewayStatementLine) -> SafeString:
        return money(obj.net, obj.currency)

    @display(description=_("what was found"))
    def state(self, obj: GatewayStatementLine) -> SafeString:
        return status_label(obj, "finding")

    @display(description=_("recorded here"))
    def ours(self, obj: GatewayStatementLine) -> SafeString:
        if obj.payment:
            return above(link(obj.payment, money(obj.payment.amount, obj.currency)), obj.payment.customer.name)
        if obj.refund:
            return above(link(obj.refund, money(-obj.refund.amount, obj.currency)), obj.refund.payment.customer.name)
        return isolated("")

    @display(description=_("payout"))
    def payout_shown(self, obj: GatewayStatementLine) -> SafeString:
        return above(latin(obj.payout_reference), day(obj.payout_on)) if obj.payout_on else latin(obj.payout_reference)

    @display(description=_("statement"))
    def statement_shown(self, obj: GatewayStatementLine) -> SafeString:
        return link(obj.statement, isolated(obj.statement.name))

    @display(description=_("transaction"))
    def transaction_shown(self, obj: GatewayStatementLine) -> SafeString:
        return latin(obj.transaction)

    @display(description=_("our reference"))
    def reference_shown(self, obj: GatewayStatementLine) -> SafeString:
        return latin(obj.reference)

    @display(description=_("gateway's invoice number"))
    def gateway_invoice_shown(self, obj: GatewayStatementLine) -> SafeString:
        return latin(obj.gateway_invoice)

    @display(description=_("merchant code"))
    def account_code_shown(self, obj: GatewayStatementLine) -> SafeString:
        return latin(obj.account_code)


admin.site.register(GatewayStatementLine, GatewayStatementLineAdmin)
