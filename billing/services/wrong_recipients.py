"""
Somebody said on a page "this is not me": messages to the customer stop at once, and staff find out whose phone it is.

The page stays open to whoever holds its link, so that the customer can still pay. What stops are messages of every
kind: `Customer.messages_stopped_at` is asked wherever one is about to be sent (decision 23).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Customer, Event, User, WrongRecipient
from billing.services.events import record_event

Resolution = WrongRecipient.Resolution

# That a number was corrected is told by whatever moved the customer to it.
_EVENTS: Final = {Resolution.RESUMED: "messages_resumed", Resolution.STOPPED: "messages_stay_stopped"}


class MessagesStopped(DomainError):
    code = "MESSAGES_STOPPED"
    message = gettext_noop(
        "Somebody answered at this phone who is not the customer, so no messages are sent there. "
        'Correct the number or let messages go on: see "Wrong recipients".'
    )


class AlreadyResolved(DomainError):
    code = "ALREADY_RESOLVED"
    message = gettext_noop("Somebody has decided about this already. Look at the customer's page.")


class MessagesGoOn(DomainError):
    code = "MESSAGES_GO_ON"
    message = gettext_noop("Messages to this customer are not stopped. There is nothing to do.")


@transaction.atomic
def report_wrong_recipient(*, customer: Customer, now: datetime) -> None:
    """
    Stop the messages to this customer and leave staff a task. Twice, or twice at once, is once.

    Where staff have decided that none go to this phone, there is nothing left to stop and no new task.
    """
    locked = lock_customer(merchant_id=customer.merchant_id, customer_id=customer.pk)
    if locked.merged_into_id:  # while this waited for the lock
        locked = lock_customer(merchant_id=locked.merchant_id, customer_id=locked.merged_into_id)
    if locked.messages_stopped_at is not None:
        return
    locked.messages_stopped_at = now
    locked.save(update_fields=["messages_stopped_at"])
    WrongRecipient.objects.create(merchant_id=locked.merchant_id, customer=locked, reported_at=now)
    record_customer_event(locked, "wrong_recipient_reported", actor="customer")


@transaction.atomic
def resolve_wrong_recipient(
    *, report: WrongRecipient, resolution: WrongRecipient.Resolution, user: User, now: datetime
) -> WrongRecipient:
    """
    What staff have found out. Messages go on, unless there are to be none.

    A corrected number is moved first, in the same transaction (`invoices.services.corrected_phones`).

    :raises AlreadyResolved:
    """
    customer = lock_customer(merchant_id=report.merchant_id, customer_id=report.customer_id)
    report = WrongRecipient.objects.select_for_update().get(pk=report.pk)
    if report.resolved_at is not None:
        raise AlreadyResolved
    if resolution != Resolution.STOPPED:
        _resume(customer)
    report.resolved_at, report.resolved_by, report.resolution = now, user, resolution
    report.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    if resolution in _EVENTS:
        record_customer_event(customer, _EVENTS[resolution], actor=f"user:{user.pk}")
    return report


@transaction.atomic
def resume_messages(*, merchant_id: int, customer_id: int, user: User, now: datetime) -> None:
    """
    Let messages go to this phone again, whatever was decided about it before.

    :raises MessagesGoOn: they are not stopped
    """
    customer = lock_customer(merchant_id=merchant_id, customer_id=customer_id)
    if customer.messages_stopped_at is None:
        raise MessagesGoOn
    report = customer.wrong_recipients.filter(resolved_at=None).first()
    if report is not None:
        resolve_wrong_recipient(report=report, resolution=Resolution.RESUMED, user=user, now=now)
        return
    _resume(customer)
    record_customer_event(customer, "messages_resumed", actor=f"user:{user.pk}")


def check_messages_go_on(*, customer_id: int) -> None:
    """
    Asked of the database at the last moment before a message leaves.

    :raises MessagesStopped:
    """
    if Customer.objects.filter(pk=customer_id, messages_stopped_at__isnull=False).exists():
        raise MessagesStopped


def lock_customer(*, merchant_id: int, customer_id: int) -> Customer:
    """Issuing an invoice, which refers to the customer, does not wait for this lock."""
    return Customer.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=customer_id)


def record_customer_event(customer: Customer, name: str, *, actor: str, **details: Any) -> None:
    record_event(
        merchant_id=customer.merchant_id,
        subject=Event.Subject.CUSTOMER,
        subject_id=customer.pk,
        name=name,
        actor=actor,
        **details,
    )


def _resume(customer: Customer) -> None:
    customer.messages_stopped_at = None
    customer.save(update_fields=["messages_stopped_at"])
