"""The rows of one person: their own, and those of numbers that were theirs."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.models import Bill, Customer, Event
from subscriptions.models import Subscription


def rows_of(customer: Customer) -> QuerySet[Customer]:
    """
    Their own, those that lead to them, and those of numbers they left behind.

    Of the last only such as are nobody's: messages are stopped, and nothing was posted for them since.
    """
    bills, plans = (model.objects.filter(customer=OuterRef("pk")) for model in (Bill, Subscription))
    unused = left_behind(customer).exclude(messages_stopped_at=None).filter(merged_into=None, forgotten_at=None)
    unused = unused.filter(~Exists(bills), ~Exists(plans))
    return Customer.objects.filter(_theirs(customer) | Q(pk__in=unused.values("pk")))


def left_behind(customer: Customer) -> QuerySet[Customer]:
    """The rows that corrections of their number have made, whosever they are by now."""
    corrections = Event.objects.filter(
        merchant=customer.merchant_id,
        subject=Event.Subject.CUSTOMER,
        subject_id__in=Customer.objects.filter(_theirs(customer)).values("pk"),
        name="phone_corrected",
    )
    ids = [event.details.get("left_behind") for event in corrections]
    return Customer.objects.filter(merchant=customer.merchant_id, pk__in=[pk for pk in ids if pk])


def _theirs(customer: Customer) -> Q:
    return Q(merchant=customer.merchant_id) & (Q(pk=customer.pk) | Q(merged_into=customer))
