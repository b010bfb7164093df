"""Installments as rows, from whatever says when how much is due."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from subscriptions.changes import Line
from subscriptions.models import Installment, Subscription, Term
from subscriptions.models.installment import InstallmentQuerySet
from subscriptions.schedules import Due


def installments_of(subscription: Subscription) -> InstallmentQuerySet:
    """Named by their merchant too, which every index of theirs begins with."""
    return Installment.objects.filter(merchant_id=subscription.merchant_id, subscription=subscription)


def terms_of(subscription: Subscription) -> QuerySet[Term]:
    return Term.objects.filter(merchant_id=subscription.merchant_id, subscription=subscription)


def installments_from(subscription: Subscription, dues: Iterable[Due | Line]) -> list[Installment]:
    return [
        Installment(
            merchant_id=subscription.merchant_id,
            subscription=subscription,
            sequence=due.sequence,
            due_date=due.due_date,
            amount=due.amount,
            description=due.description,
        )
        for due in dues
    ]
