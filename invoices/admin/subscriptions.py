"""A subscription with its installments, invoices and payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Sum, prefetch_related_objects
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, day, link, money, person, status_label
from billing.admin.documents import Fact, Page
from billing.admin.exporting import ExportingAdmin
from billing.models import Event
from billing.money import ZERO
from invoices.admin.explanations import ExplainedAdmin
from invoices.admin.export_columns import SUBSCRIPTION_COLUMNS
from invoices.admin.plan_window import window_of, window_section
from invoices.admin.sections import MOST_ROWS, invoices_section, notices_of, payments_section, subjects_of
from invoices.models import Invoice, Payment
from subscriptions.admin.plan_words import period_words
from subscriptions.admin.subscriptions import SubscriptionAdmin, rule_shown
from subscriptions.models import Installment, Subscription


class FullSubscriptionAdmin(ExportingAdmin, ExplainedAdmin, SubscriptionAdmin):
    list_select_related = ("merchant", "customer")
    export_columns = SUBSCRIPTION_COLUMNS

    def page(self, request: HttpRequest, row: Subscription) -> Page:
        prefetch_related_objects([row], "terms")
        window = window_of(row)
        # Named by their merchant, which all their indexes begin with.
        of_plan = {
            "merchant": row.merchant_id,
            "installment__merchant": row.merchant_id,
            "installment__subscription": row,
        }
        invoices = list(Invoice.objects.filter(**of_plan).order_by("-id")[:MOST_ROWS])
        payments = list(Payment.objects.filter(**of_plan).select_related("recorded_by").order_by("-id")[:MOST_ROWS])
        subjects = [
            (Event.Subject.SUBSCRIPTION, [row.pk]),
            (Event.Subject.INSTALLMENT, [each.pk for each in window.installments]),
        ]
        return Page(
            currency=row.currency,
            facts=_facts(row, window.next_one),
            notices=notices_of(invoices),
            sections=[
                window_section(row, window),
                invoices_section(invoices, empty=_first_invoice(row)),
                payments_section(payments),
            ],
            subjects=[*subjects, *subjects_of(invoices, payments)],
        )


def _facts(plan: Subscription, next_one: Installment | None) -> list[Fact]:
    sums: dict[str, Any] = plan.installments.filter(merchant_id=plan.merchant_id).aggregate(paid=Sum("amount_paid"))
    title, amount = _terms(plan)
    return [
        Fact(title=title, value=money(amount, plan.currency), is_loud=True),
        Fact(title=_("Status"), value=status_label(plan)),
        Fact(title=_("Customer"), value=link(plan.customer, person(plan.customer_name, plan.customer_phone))),
        Fact(title=_("Paid so far"), value=money(sums["paid"] or ZERO, plan.currency)),
        Fact(title=_("Next due"), value=day(next_one.due_date) if next_one else NOTHING),
        Fact(title=_("Next amount"), value=money(next_one.amount_due if next_one else None, plan.currency)),
    ]


def _terms(plan: Subscription) -> tuple[Promise | str, Decimal | None]:
    rule = rule_shown(plan)
    if plan.type == Subscription.Type.OPEN_ENDED and rule is not None:
        return period_words(rule), rule.amount
    return _("Total"), plan.total_amount


def _first_invoice(plan: Subscription) -> Promise:
    if not plan.auto_generate_invoices:
        return _("This subscription does not invoice by itself. Open an installment to issue its invoice.")
    return _("None yet. The first is made a few days before it is due.")


admin.site.register(Subscription, FullSubscriptionAdmin)
