"""I2, as far as our own rows tell: what is sent was sent, and nothing was sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_noop

from billing.models import Event
from invoices.audit.difference import Difference, each, keyed
from invoices.models import DeliveryAttempt, Enquiry, Invoice

Action = DeliveryAttempt.Action
Outcome = DeliveryAttempt.Outcome
_FOUND = (Enquiry.Finding.UNPAID, Enquiry.Finding.PAID)


def pushes_are_written_down(*, now: datetime) -> Iterator[Difference]:
    done = DeliveryAttempt.objects.filter(action=Action.CREATE, outcome=Outcome.DONE)
    found = Enquiry.objects.filter(invoice=OuterRef("pk"), finding__in=_FOUND)
    seen = Event.objects.filter(
        merchant_id=OuterRef("merchant_id"),
        subject=Event.Subject.INVOICE,
        subject_id=OuterRef("pk"),
        name="confirmed_sent",
    )
    sent = Invoice.objects.filter(delivery=Invoice.Delivery.SENT)
    unsent = sent.filter(~Exists(done.filter(invoice=OuterRef("pk"))), ~Exists(found), ~Exists(seen))
    yield from each("I2", unsent, gettext_noop("it is called sent, and no call or answer of the gateway says so"))
    twice = done.order_by().values("invoice_id").annotate(times=Count("pk")).filter(times__gt=1)
    problem = gettext_noop("the gateway has made an invoice for it more than once")
    yield from keyed("I2", "Invoice", twice.values_list("invoice_id", "invoice__merchant_id"), problem)
