"""A customer gets another phone number."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Customer
from billing.phones import to_e164
from billing.services.merged_customers import MergedAlready, no_number
from billing.services.wrong_recipients import record_customer_event


class SamePhone(DomainError):
    code = "SAME_PHONE"
    message = gettext_noop("The customer has this number already. Enter the right one, or let messages go on.")


class PhoneTaken(DomainError):
    code = "PHONE_TAKEN"
    message = gettext_noop("Another customer has this number. Check it; if the two are one person, merge them.")


def move_to_phone(*, merchant_id: int, customer_id: int, phone: str, actor: str, now: datetime) -> Customer:
    """
    The customer with this number, messages going on, and the permanent link revoked.

    The number left behind gets a customer of its own to whom no messages go: the merchant's systems may know the old
    number only, and go on posting bills for it.

    :param phone: as the API takes it, `07xxxxxxxx`
    :raises InvalidPhone: :raises SamePhone: :raises PhoneTaken: :raises MergedAlready:
    """
    try:
        return _move(merchant_id, customer_id, to_e164(phone), actor, now)
    except IntegrityError as taken:  # a bill was just posted for a customer with this number
        raise PhoneTaken from taken


@transaction.atomic
def _move(merchant_id: int, customer_id: int, number: str, actor: str, now: datetime) -> Customer:
    customer = Customer.objects.select_for_update().get(merchant_id=merchant_id, pk=customer_id)
    if customer.merged_into_id or customer.forgotten_at:
        raise MergedAlready
    if number == customer.phone:
        raise SamePhone
    _free(customer, number)
    left_behind = Customer(merchant_id=merchant_id, phone=customer.phone, name=customer.name, messages_stopped_at=now)
    Customer.objects.filter(pk=customer.pk).update(
        phone=number, link_version=F("link_version") + 1, messages_stopped_at=None, updated_at=now
    )
    left_behind.save(force_insert=True)
    record_customer_event(customer, "phone_corrected", actor=actor, left_behind=left_behind.pk)
    record_customer_event(left_behind, "number_left_behind", actor=actor)
    customer.refresh_from_db()
    return customer


def _free(customer: Customer, number: str) -> None:
    """
    :raises PhoneTaken: but a former number of their own can be gone back to; and one left behind, by mistake, while
        nothing was posted for it
    """
    holder = Customer.objects.select_for_update().filter(merchant_id=customer.merchant_id, phone=number).first()
    if holder is None:
        return
    if holder.merged_into_id == customer.pk:
        Customer.objects.filter(pk=holder.pk).update(phone=no_number(holder.pk))
        return
    if holder.merged_into_id or holder.messages_stopped_at is None:
        raise PhoneTaken
    try:
        holder.delete()
    except ProtectedError as in_use:
        raise PhoneTaken from in_use
