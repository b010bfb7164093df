"""Forgetting a person: nothing that says who they are stays, and every amount does (decision 38)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from billing.errors import DomainError
from billing.models import Customer, Event, User, WrongRecipient
from billing.retries import retry_given_up
from billing.services import record_event
from billing.services.wrong_recipients import lock_customer, resolve_wrong_recipient
from invoices.models import Invoice, Reminder
from invoices.services.forgetting.copies import clear_copies
from invoices.services.forgetting.documents import clear_customers, clear_documents, clear_timeline
from invoices.services.forgetting.obstacles import obstacles_to
from invoices.services.forgetting.person import Person, read_person
from invoices.services.forgetting.rows import rows_of
from invoices.services.merging.merge import ChangedAtOnce


class StillOpen(DomainError):
    code = "STILL_OPEN"
    message = gettext_noop("Nothing was forgotten, because something about this customer is still open.")


class ForgottenAlready(DomainError):
    code = "FORGOTTEN_ALREADY"
    message = gettext_noop("This customer's data is forgotten already. There is nothing to do.")


def forget_customer(*, merchant_id: int, customer_id: int, reason: str, user: User, now: datetime) -> Customer:
    """
    Replace whatever says who the customer is, everywhere, in one transaction; their number is free afterwards.

    Amounts, numbers, days and events stay, and receipts go on verifying. Done again where the database gave it up.

    :param reason: without the person's name: it stays
    :raises StillOpen: with what to do first; nothing was changed
    :raises ForgottenAlready: :raises ChangedAtOnce: nothing was changed
    """
    return retry_given_up(partial(_forget, merchant_id, customer_id, reason, user, now))


@transaction.atomic
def _forget(merchant_id: int, customer_id: int, reason: str, user: User, now: datetime) -> Customer:
    customer = lock_customer(merchant_id=merchant_id, customer_id=customer_id)
    if customer.forgotten_at:
        raise ForgottenAlready
    if customer.merged_into_id:
        raise ChangedAtOnce
    # A bill or a payment that is just being made is waited for here, and is then seen below.
    rows = rows_of(customer)
    list(rows.select_for_update(no_key=True).order_by("phone").values_list("pk", flat=True))
    list(Invoice.objects.filter(customer__in=rows).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    if obstacles := obstacles_to(customer):
        raise StillOpen(reason=" ".join(obstacles))
    _clear(read_person(customer), user, now)
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.CUSTOMER,
        subject_id=customer.pk,
        name="forgotten",
        actor=f"user:{user.pk}",
        reason=reason,
    )
    customer.refresh_from_db()
    return customer


def _clear(person: Person, user: User, now: datetime) -> None:
    name = neutral_name(person.customer)
    waiting = Reminder.objects.filter(customer__in=person.documents(Event.Subject.CUSTOMER))
    waiting.filter(status=Reminder.Status.TO_DO).update(status=Reminder.Status.NOT_SENT, finished_at=now)
    report = person.customer.wrong_recipients.filter(resolved_at=None).first()
    if report is not None:
        stopped = WrongRecipient.Resolution.STOPPED
        resolve_wrong_recipient(report=report, resolution=stopped, user=user, now=now)
    clear_copies(person, name=name)
    clear_timeline(person)
    clear_documents(person, name=name)
    clear_customers(person, name=name, now=now)


def neutral_name(customer: Customer) -> str:
    """What documents and lists say in place of the name, in the merchant's language."""
    with override(customer.merchant.language):
        return _("Forgotten customer %(number)s") % {"number": customer.pk}
