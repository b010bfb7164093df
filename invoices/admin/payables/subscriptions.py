"""A subscription with its installments, invoices and payments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.acts.holding import held_notices
from billing.admin.acts.whole_lists import WholeListAdmin
from billing.admin.roles import Right
from billing.admin.screens.documents import Fact, Page
from billing.models import Event
from invoices.admin.asked_about import about_plan
from invoices.admin.explanations import ExplainedAdmin
from invoices.admin.export_columns import SUBSCRIPTION_COLUMNS
from invoices.admin.invoices.troubles import troubles_of
from invoices.admin.payables.missed_notices import missed_notices
from invoices.admin.payables.plan_facts import paused_notices, plan_facts, sums_of
from invoices.admin.payables.plan_window import window_section, window_shown
from invoices.admin.payables.ways_on import folded, oldest_open_buttons
from invoices.admin.sections import MOST_ROWS, invoices_section, payments_section, subjects_of
from invoices.models import Invoice, Payment
from subscriptions.admin.subscriptions import SubscriptionAdmin, know_rule
from subscriptions.models import Subscription
from subscriptions.services.rows import terms_of


class FullSubscriptionAdmin(ExportingAdmin, WholeListAdmin, ExplainedAdmin, SubscriptionAdmin):
    list_select_related = ("merchant", "customer")
    export_columns = SUBSCRIPTION_COLUMNS

    def asked_about(self, row: Subscription) -> list[Fact]:
        return about_plan(row)

    def _buttons(self, request: HttpRequest, row: Subscription) -> list[dict[str, Any]]:
        oldest = window_shown(row).next_one
        may_remind = oldest is not None and oldest.pk in row.__dict__.get("live", ())
        first = oldest_open_buttons(
            oldest,
            may_take=self.allows(request, Right.TAKE_PAYMENT, row),
            may_remind=may_remind and self.allows(request, Right.SEND, row),
        )
        return folded([*first, *super()._buttons(request, row)], shown=3)

    def page(self, request: HttpRequest, row: Subscription) -> Page:
        prefetch_related_objects([row], Prefetch("terms", terms_of(row)))
        window, sums = window_shown(row), sums_of(row, today=timezone.localdate())
        know_rule(row, window.installments)
        # Named by their merchant, which all their indexes begin with.
        of_plan = {
            "merchant": row.merchant_id,
            "installment__merchant": row.merchant_id,
            "installment__subscription": row,
        }
        invoices = list(Invoice.objects.filter(**of_plan).order_by("-id")[:MOST_ROWS])
        payments = list(Payment.objects.filter(**of_plan).select_related("recorded_by").order_by("-id")[:MOST_ROWS])
        row.__dict__["live"] = {each.installment_id for each in invoices if each.status == Invoice.Status.OPEN}
        subjects = [
            (Event.Subject.SUBSCRIPTION, [row.pk]),
            (Event.Subject.INSTALLMENT, [each.pk for each in window.installments]),
        ]
        return Page(
            currency=row.currency,
            facts=plan_facts(row, window, sums),
            notices=[
                *held_notices(row),
                *paused_notices(row),
                *(missed_notices(row, now=timezone.now()) if sums.missed_count else ()),
                *troubles_of(invoices, may_ask=self.allows(request, Right.SEND, row)),
            ],
            sections=[
                window_section(row, window),
                invoices_section(invoices, empty=_first_invoice(row)),
                payments_section(payments),
            ],
            subjects=[*subjects, *subjects_of(invoices, payments)],
        )


def _first_invoice(plan: Subscription) -> Promise:
    if not plan.auto_generate_invoices:
        return _("This subscription does not invoice by itself. Open an installment to issue its invoice.")
    return _("None yet. The first is made a few days before it is due.")


admin.site.register(Subscription, FullSubscriptionAdmin)
