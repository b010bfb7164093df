"""
Two customers who are one person: the second's number leads to the first from then on.

The row of the second stays, for its number: whoever posts a bill for it waits for that row's lock, and is led on by
what stands there afterwards. A row of another table could not be seen by a statement that began before (decision 37).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Customer
from billing.retries import retry_given_up
from billing.services.wrong_recipients import lock_customer, record_customer_event

# What staff choose between, where both say something.
CHOSEN: Final = ("name", "email", "national_id", "address", "language", "channel")
PHONE: Final = "phone"


class SameCustomer(DomainError):
    code = "SAME_CUSTOMER"
    message = gettext_noop("This is the same customer. Find the other one.")


class MergedAlready(DomainError):
    code = "MERGED_ALREADY"
    message = gettext_noop("One of these customers was merged or forgotten meanwhile. Look at them again.")


class NoFormerNumber(DomainError):
    code = "NO_FORMER_NUMBER"
    message = gettext_noop("This number does not lead to the customer any more. There is nothing to do.")


def lock_pair(*, merchant_id: int, survivor_id: int, double_id: int) -> tuple[Customer, Customer]:
    """
    Both, and the numbers that lead to the double, locked in the order in which bills for several numbers lock them.

    Two merges of them at once come in turn.

    :raises SameCustomer: :raises MergedAlready:
    """
    if survivor_id == double_id:
        raise SameCustomer
    rows = Customer.objects.select_for_update(no_key=True).filter(merchant_id=merchant_id).order_by("phone")
    locked = {customer.pk: customer for customer in rows.filter(pk__in=[survivor_id, double_id])}
    if len(locked) < 2:
        raise Customer.DoesNotExist
    # Asked for now that no other number can come to lead to the double.
    list(rows.filter(merged_into=double_id).values_list("pk", flat=True))
    if any(customer.merged_into_id or customer.forgotten_at for customer in locked.values()):
        raise MergedAlready
    return locked[survivor_id], locked[double_id]


def absorb(survivor: Customer, double: Customer, *, taken: Collection[str], now: datetime) -> None:
    """
    Let the locked double, who has nothing of their own any more, lead to the survivor.

    :param taken: of CHOSEN and PHONE, what the double's row says; whatever the survivor's leaves empty is filled anyway
    """
    for name in CHOSEN:
        if getattr(double, name) and (name in taken or not getattr(survivor, name)):
            setattr(survivor, name, getattr(double, name))
    survivor.updated_at = double.updated_at = now
    if PHONE in taken:
        _swap_numbers(survivor, double)
    survivor.save(update_fields=[*CHOSEN, "updated_at"])
    double.merged_into = survivor
    double.save(update_fields=["merged_into", "updated_at"])
    Customer.objects.filter(merged_into=double).update(merged_into=survivor)


def _swap_numbers(survivor: Customer, double: Customer) -> None:
    """The number and whether somebody else answers there; through a third one, as no two rows may have the same."""
    stands, left = (double.phone, double.messages_stopped_at), (survivor.phone, survivor.messages_stopped_at)
    Customer.objects.filter(pk=double.pk).update(phone=no_number(double.pk))
    for customer, (phone, stopped_at) in ((survivor, stands), (double, left)):
        customer.phone, customer.messages_stopped_at = phone, stopped_at
        customer.save(update_fields=["phone", "messages_stopped_at"])


def release_number(*, merchant_id: int, customer_id: int, former_id: int, actor: str, now: datetime) -> str:
    """
    Let a former number be anybody's: the next bill posted for it makes a customer. Returns the number.

    In one transaction, done again where the database gave it up: imports lock in the order of numbers.

    :raises NoFormerNumber:
    """
    return retry_given_up(partial(_release, merchant_id, customer_id, former_id, actor, now))


@transaction.atomic
def _release(merchant_id: int, customer_id: int, former_id: int, actor: str, now: datetime) -> str:
    customer = lock_customer(merchant_id=merchant_id, customer_id=customer_id)
    formers = Customer.objects.select_for_update().filter(merchant_id=merchant_id, merged_into=customer)
    former = formers.filter(pk=former_id).first()
    if former is None or former.phone == no_number(former.pk):
        raise NoFormerNumber
    released = former.phone
    former.phone, former.updated_at = no_number(former.pk), now
    former.save(update_fields=["phone", "updated_at"])
    record_customer_event(customer, "number_released", actor=actor)
    return released


def no_number(customer_id: int) -> str:
    """What stands in place of a number that was taken from its row: no phone, and no two alike."""
    return f"-{customer_id}"
