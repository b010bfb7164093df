"""The permanent link of a customer: taken back, and another in its place."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from billing.models import Customer, Event
from billing.services.events import record_event


@transaction.atomic
def renew_customer_link(*, merchant_id: int, customer_id: int, actor: str, now: datetime) -> Customer:
    """The link that is out is dead at once; the pages of bills and installments keep theirs."""
    customer = Customer.objects.select_for_update().get(merchant_id=merchant_id, pk=customer_id)
    customer.link_version += 1
    customer.updated_at = now
    customer.save(update_fields=["link_version", "updated_at"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.CUSTOMER,
        subject_id=customer.pk,
        name="link_renewed",
        actor=actor,
    )
    return customer
