"""From a plan's rows to the rules its schedule follows."""

from __future__ import annotations

from collections.abc import Iterable

from subscriptions.models import Installment, Subscription, Term
from subscriptions.schedules import Interval, Rule, rule_at
from subscriptions.services.rows import installments_of


def rules_of(subscription: Subscription, terms: Iterable[Term]) -> list[Rule]:
    """
    A FIXED_MONTHLY or OPEN_ENDED plan's rules in order: its own columns from installment 1, then each term of it.

    A CUSTOM_SCHEDULE has none: its installments are the schedule.
    """
    amount = subscription.monthly_payment or subscription.recurring_amount
    if subscription.type == Subscription.Type.CUSTOM_SCHEDULE or amount is None:
        return []
    first = Rule(
        from_sequence=1,
        anchor=subscription.anchor_date,
        interval=Interval(subscription.interval),
        payment_day=subscription.payment_day,
        amount=amount,
    )
    return [first, *map(_rule_of, sorted(terms, key=lambda term: term.from_sequence))]


def current_rule(subscription: Subscription) -> Rule | None:
    """
    What holds for the next installment to be invoiced, or held for the last; None for a custom schedule.

    :param subscription: with its terms, which a page reads once for all that asks for them (`terms_of`)
    """
    return rule_before(subscription, installments_of(subscription).untouched().order_by("sequence").first())


def rule_before(subscription: Subscription, next_one: Installment | None) -> Rule | None:
    """The same, by whoever has read the first untouched installment."""
    rules = rules_of(subscription, subscription.terms.all())
    return rule_at(rules, next_one.sequence if next_one else subscription.last_sequence) if rules else None


def _rule_of(term: Term) -> Rule:
    return Rule(
        from_sequence=term.from_sequence,
        anchor=term.anchor_date,
        interval=Interval(term.interval),
        payment_day=term.payment_day,
        amount=term.amount,
    )
