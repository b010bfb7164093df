"""Subscriptions: their list and their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.admin import display
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.channel_choosing import channel_words
from billing.admin.acts.notes import AddNote
from billing.admin.cells import NOTHING, day, instant, isolated, latin, money, person, status_label
from billing.admin.cells import number as numbered
from billing.admin.lists.chosen_filters import CustomerFilter
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.import_filter import ImportFilter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from subscriptions.admin.channel_choosing import ChoosePlanChannel
from subscriptions.admin.channel_filters import PlanGoesByFilter
from subscriptions.admin.new_subscription import CreatingAdmin
from subscriptions.admin.pausing import Pause, ResumeAll, ResumePlan
from subscriptions.admin.plan_actions import CancelPlan, CancelPlanAtEnd, ChangeEnd, SettlePlan
from subscriptions.admin.plan_words import end_words, payment_day_words
from subscriptions.admin.schedule_actions import ChangeTerms, Move, Skip, Spread
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Rule
from subscriptions.services.rules import current_rule, rule_before

Status = Subscription.Status


class SubscriptionAdmin(TabbedList, CreatingAdmin):
    """Registered by `invoices.admin`, which knows its invoices and payments."""

    search = Search(
        numbers=("subscription_no", "public_id"),
        phones=("customer__phone",),
        names=("product_name",),
        spelled=("customer__search_name",),
    )
    search_help_text = _("Subscription number, phone, name or product")
    page_actions = (
        Pause(),
        ResumePlan(),
        ResumeAll(),
        ChangeTerms(),
        Move(),
        Skip(),
        Spread(),
        ChangeEnd(),
        SettlePlan(),
        ChoosePlanChannel(),
        AddNote(),
        CancelPlanAtEnd(),
        CancelPlan(),
    )
    tabs = Status
    list_display = (
        "number",
        "customer_shown",
        "product_shown",
        "type",
        "terms",
        "first_due",
        "state",
        "merchant_shown",
    )
    list_select_related: ClassVar[tuple[str, ...]] = ("merchant",)
    list_filter = (
        MerchantFilter,
        CustomerFilter,
        choice_filter("status", _("status"), Status),
        choice_filter("type", _("type"), Subscription.Type),
        PlanGoesByFilter,
        ImportFilter,
        recent_filter("created_at", _("created")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "product_shown",
        "type",
        "terms",
        "interval_shown",
        "payment_day_shown",
        "end_shown",
        "discount_shown",
        "auto_generate_invoices",
        "channel_shown",
        "description_shown",
        "notes_shown",
        "email_shown",
        "public_id_shown",
        "merchant_shown",
        "created",
    )

    @display(description=_("number"), ordering="id")
    def number(self, obj: Subscription) -> SafeString:
        return numbered(obj.subscription_no)

    @display(description=_("customer"), ordering="customer_name")
    def customer_shown(self, obj: Subscription) -> SafeString:
        return person(obj.customer_name, obj.customer_phone)

    @display(description=_("product"))
    def product_shown(self, obj: Subscription) -> SafeString:
        return isolated(obj.product_name)

    @display(description=_("amount"))
    def terms(self, obj: Subscription) -> SafeString:
        return money(obj.recurring_amount or obj.total_amount, obj.currency)

    @display(description=_("interval"))
    def interval_shown(self, obj: Subscription) -> str:
        rule = rule_shown(obj)
        return str(Subscription.Interval(rule.interval.value).label) if rule else NOTHING

    @display(description=_("payment day"))
    def payment_day_shown(self, obj: Subscription) -> str:
        rule = rule_shown(obj)
        return payment_day_words(rule.payment_day) if rule and rule.payment_day else NOTHING

    @display(description=_("end"))
    def end_shown(self, obj: Subscription) -> str:
        return end_words(obj)

    @display(description=_("discount"))
    def discount_shown(self, obj: Subscription) -> SafeString:
        return money(obj.discount_amount or None, obj.currency)

    @display(description=_("channel"))
    def channel_shown(self, obj: Subscription) -> str:
        return channel_words(obj.channel, obj.customer.channel, obj.merchant.channel)

    @display(description=_("first due"), ordering="anchor_date")
    def first_due(self, obj: Subscription) -> SafeString:
        return day(obj.anchor_date)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Subscription) -> SafeString:
        return status_label(obj)

    @display(description=_("description"))
    def description_shown(self, obj: Subscription) -> SafeString:
        return isolated(obj.description)

    @display(description=_("notes"))
    def notes_shown(self, obj: Subscription) -> SafeString:
        return isolated(obj.notes)

    @display(description=_("e-mail"))
    def email_shown(self, obj: Subscription) -> SafeString:
        return latin(obj.customer_email)

    @display(description=_("id in the API"))
    def public_id_shown(self, obj: Subscription) -> SafeString:
        return latin(obj.public_id)

    @display(description=_("created"))
    def created(self, obj: Subscription) -> SafeString:
        return instant(obj.created_at)


def know_rule(plan: Subscription, installments: Iterable[Installment]) -> None:
    """From the installments a page has read anyway, where the next untouched one is among them."""
    untouched = (each for each in installments if each.status == Installment.Status.SCHEDULED and not each.amount_paid)
    if (next_one := next(untouched, None)) is not None:
        plan.__dict__["rule_shown"] = rule_before(plan, next_one)


def rule_shown(plan: Subscription) -> Rule | None:
    """What holds now, read once for a page, which says it in several places."""
    if "rule_shown" not in plan.__dict__:
        plan.__dict__["rule_shown"] = current_rule(plan)
    rule: Rule | None = plan.__dict__["rule_shown"]
    return rule
