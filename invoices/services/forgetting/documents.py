"""What is known of a person on their own documents, in place of which nothing or a neutral word stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import F

from billing.chunks import in_chunks
from billing.models import Bill, Customer, Event, WebhookAttempt, WebhookDelivery
from billing.services.merged_customers import no_number
from invoices.models import (
    Credit,
    DeliveryAttempt,
    Enquiry,
    GatewayCallback,
    Invoice,
    Payment,
    ReceiptEmail,
    Refund,
    Reminder,
)
from invoices.services.forgetting.person import Person
from invoices.services.forgetting.rows import left_behind
from subscriptions.models import Installment, Subscription

Subject = Event.Subject
_CODE: Final = re.compile(r"[A-Z_]+")
_FREE_TEXTS: Final = ("note", "reason")
_NAMES: Final = ("old_name", "new_name")


def clear_documents(person: Person, *, name: str) -> None:
    """Amounts, numbers, days, what was sold and the gateway's own references stay: books have to be kept."""
    bills, plans = person.documents(Subject.BILL), person.documents(Subject.SUBSCRIPTION)
    invoices, payments = person.documents(Subject.INVOICE), person.documents(Subject.PAYMENT)
    installments = person.documents(Subject.INSTALLMENT)
    out = {"customer_name": name, "customer_phone": "", "customer_email": "", "description": ""}
    revoked = {"link_version": F("link_version") + 1}
    _clear(Invoice, "pk", invoices, **out, gateway_answer=None, gateway_url="", problem="")
    _clear(Bill, "pk", bills, **out, **revoked, notes="")
    _clear(Subscription, "pk", plans, **out, notes="")
    _clear(Installment, "pk", installments, **revoked, description="")
    _clear(DeliveryAttempt, "invoice", invoices, detail="")
    _clear(Enquiry, "invoice", invoices, detail="")
    _clear(GatewayCallback, "invoice", invoices, payload=b"", problem="")
    _clear(Payment, "pk", payments, note="")
    _clear(Refund, "payment", payments, reason="")
    _clear(Credit, "payment", payments, reason="")
    _clear(ReceiptEmail, "payment", payments, address="", detail="")
    _clear(Reminder, "customer", person.documents(Subject.CUSTOMER), detail="")


def clear_customers(person: Person, *, name: str, now: datetime) -> None:
    """Their own row, and those of their former numbers: each number is free. Their name goes with them elsewhere."""
    for other in left_behind(person.customer):
        if other.pk not in person.documents(Subject.CUSTOMER) and person.is_called(other.name):
            Customer.objects.filter(pk=other.pk).update(name=name, updated_at=now)
    for pk in person.documents(Subject.CUSTOMER):
        Customer.objects.filter(pk=pk).update(
            name=name,
            phone=no_number(pk),
            email="",
            national_id="",
            address="",
            language="",
            channel="",
            link_version=F("link_version") + 1,
            messages_stopped_at=now,
            forgotten_at=now,
            updated_at=now,
        )


def clear_timeline(person: Person) -> None:
    """What happened and when stays; what somebody wrote about it does not. Neither do the copies sent to webhooks."""
    for subject, ids in person.ids.items():
        for some in in_chunks(sorted(ids)):
            events = Event.objects.filter(merchant_id=person.merchant_id, subject=subject, subject_id__in=some)
            _clear_events(person, events, is_all_theirs=True)
            told = WebhookDelivery.objects.filter(event__in=events)
            WebhookAttempt.objects.filter(delivery__in=told).update(detail="")
            # One that is still due is written anew when it is sent, of what is left.
            told.update(body="", detail="")
    _clear_names_of_numbers_left(person)
    of_merchant = {"subject": Subject.MERCHANT, "subject_id": person.merchant_id}
    _clear_events(person, Event.objects.filter(merchant_id=person.merchant_id, **of_merchant), is_all_theirs=False)


def _clear_events(person: Person, events: Iterable[Event], *, is_all_theirs: bool) -> None:
    """:param is_all_theirs: whatever was written about these is about the person, without naming them too"""
    changed = []
    for event in events:
        written = [name for name in _FREE_TEXTS if is_all_theirs and _is_written(event.details.get(name))]
        named = [name for name, value in event.details.items() if person.is_named_in(value)]
        named += [name for name in _NAMES if is_all_theirs]
        details = {name: value for name, value in event.details.items() if name not in {*written, *named}}
        if details != event.details:
            event.details = details
            changed.append(event)
    Event.objects.bulk_update(changed, ["details"], batch_size=500)


def _clear_names_of_numbers_left(person: Person) -> None:
    """Whoever has such a number now was once recorded under their name."""
    others = [other.pk for other in left_behind(person.customer) if other.pk not in person.documents(Subject.CUSTOMER)]
    renamed = Event.objects.filter(merchant_id=person.merchant_id, subject=Subject.CUSTOMER, name="renamed")
    for event in renamed.filter(subject_id__in=others):
        kept = {name: value for name, value in event.details.items() if not person.is_called(str(value))}
        if kept != event.details:
            Event.objects.filter(pk=event.pk).update(details=kept)


def _is_written(text: object) -> bool:
    """By a person; the reasons of our own are codes."""
    return text is not None and _CODE.fullmatch(str(text)) is None


def _clear(model: Any, field: str, ids: Iterable[int], **values: Any) -> None:
    for some in in_chunks(sorted(ids)):
        model._default_manager.filter(**{f"{field}__in": some}).update(**values)
