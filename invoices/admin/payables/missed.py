"""Missed periods: the installments that wait for a person, what the next pass will do, and the yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext
from unfold.enums import ActionVariant

from billing.admin.bills.cancelling import ReasonForm
from billing.admin.cells import money, money_text
from billing.admin.lists.offered import OfferedFilter
from billing.admin.lists.told_rows import rows_agreed_to, told_of
from billing.admin.page_actions import Doer, PageAction, Text, less_owed, who_approves_less
from billing.admin.roles import Right
from billing.admin.screens.documents import Column, Section
from billing.errors import DomainError
from billing.models import Merchant
from billing.money import ZERO
from invoices.admin.review_filter import ANY
from invoices.admin.sections import list_url
from invoices.services.missed import approve_held, held_installments, rehearse_issue
from subscriptions.models import Installment, Subscription
from subscriptions.services import skip_held

# Of the next pass a page shows so much; a month's run is no page's business.
_MOST_REHEARSED: Final = 5_000


class StillOwed(DomainError):
    code = "STILL_OWED"
    message = gettext_noop("This plan owes its whole total, so none of its installments can be dropped: invoice it.")


class HeldMeanwhile(DomainError):
    code = "HELD_MEANWHILE"
    message = gettext_noop("The list has changed since you were asked. Look at it again.")


class HeldFilter(OfferedFilter):
    title = _("held")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(ANY, _("Any reason")), *Installment.Hold.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Installment]) -> QuerySet[Installment]:
        if self.value() is None:
            return queryset
        held = queryset.exclude(hold="")
        return held if self.value() == ANY else held.filter(hold=self.value())


class ToldForm(forms.Form):
    """What was counted when the person was asked, and nothing else, is what they say yes to."""

    told_newest = forms.CharField(required=False, widget=forms.HiddenInput)
    told_rows = forms.CharField(required=False, widget=forms.HiddenInput)


class InvoiceHeld(PageAction):
    """On a merchant: all that is held."""

    name = "invoice-held"
    title = _("Invoice missed periods")
    right = Right.SEND
    icon = "event_upcoming"
    confirm = _("Invoice all of them")

    def is_offered(self, row: Merchant) -> bool:
        return held_installments(row).exists()

    def consequences(self, row: Merchant) -> Sequence[Text]:
        held = held_installments(row)
        count, amount = held.count(), held.aggregate(sum=Sum("amount"))["sum"] or ZERO
        customers = held.values("subscription__customer").distinct().count()
        made = ngettext(
            "%(count)s invoice is made, over %(amount)s.", "%(count)s invoices are made, over %(amount)s in all.", count
        )
        told = ngettext("%(count)s customer gets messages.", "%(count)s customers get messages.", customers)
        return [
            made % {"count": f"{count:,}", "amount": money_text(amount, row.currency)},
            told % {"count": f"{customers:,}"},
            _("The due dates stay as they were. To invoice only some of them, tick them in the list of installments."),
        ]

    def form(self, row: Merchant, data: Mapping[str, Any] | None) -> forms.Form:
        return ToldForm(data, initial=told_of(held_installments(row)))

    def run(self, row: Merchant, *, values: Mapping[str, Any], doer: Doer) -> str:
        agreed = rows_agreed_to(held_installments(row), values)
        if agreed is None:
            raise HeldMeanwhile
        ids = list(agreed.values_list("pk", flat=True))
        count = approve_held(merchant_id=row.pk, installment_ids=ids, actor=doer.actor, now=doer.now)
        done = ngettext("%(count)s invoice is on its way.", "%(count)s invoices are on their way.", count)
        return done % {"count": f"{count:,}"}


class SkipHeld(PageAction):
    """On an installment, or many of them."""

    name = "skip-held"
    title = _("Skip what is held")
    right = Right.MANAGE_PLANS
    icon = "skip_next"
    variant = ActionVariant.DANGER
    confirm = _("Skip, and never invoice it")
    in_bulk = True

    def is_offered(self, row: Installment) -> bool:
        return row.hold != ""

    def consequences(self, row: Installment) -> Sequence[Text]:
        return [
            _("The customer is never asked for this period. That cannot be undone."),
            who_approves_less(row.merchant),
        ]

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        return rows.values("subscription__customer")

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        waived = rows.exclude(hold="").filter(subscription__type=Subscription.Type.OPEN_ENDED).order_by()
        less = waived.aggregate(sum=Sum("amount"))["sum"] or ZERO
        return less_owed(merchant, less, waived.values("subscription__customer"), doer)

    def confirmed(self, row: Installment) -> dict[str, str]:
        return {"amount": str(row.amount)}

    def form(self, row: Installment | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ReasonForm(data)

    def run(self, row: Installment, *, values: Mapping[str, Any], doer: Doer) -> str:
        skipped = skip_held(
            merchant_id=row.merchant_id,
            installment_ids=[row.pk],
            reason=values["reason"],
            actor=doer.actor,
            now=doer.now,
            is_alone=doer.is_alone,
        )
        if not skipped:
            raise StillOwed
        return gettext_now("Skipped.")


def missed_section(merchant: Merchant, *, now: datetime) -> Section:
    """What waits, and what the next pass over this merchant would do: the same decisions, nothing changed."""
    held = held_installments(merchant)
    waiting = held.aggregate(sum=Sum("amount"))["sum"] or ZERO
    rehearsed = rehearse_issue(merchant=merchant, now=now, most=_MOST_REHEARSED)
    more = "" if rehearsed.is_whole else "+"
    rows: list[tuple[object, ...]] = [
        (_("Held, waiting for a person"), f"{held.count():,}", money(waiting, merchant.currency)),
        (
            _("To be invoiced at the next pass"),
            f"{rehearsed.issued:,}{more}",
            money(rehearsed.amount, merchant.currency),
        ),
        (_("To be held at the next pass"), f"{rehearsed.held:,}{more}", ""),
        (_("To be skipped at the next pass"), f"{rehearsed.skipped:,}{more}", ""),
    ]
    return Section(
        title=_("Missed periods"),
        columns=(
            Column(title=_("Installments")),
            Column(title=_("How many"), is_numeric=True),
            Column(title=_("Amount"), is_numeric=True),
        ),
        rows=rows,
        more_url=list_url("subscriptions_installment", held=ANY, merchant=merchant.pk),
    )
