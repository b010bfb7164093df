"""A gateway that is gone for a day with everything still due: the long and the short form of the same outage."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.sandbox.models import Operation, SandboxCall
from tests.factories import make_bill
from tests.faults.office import Office
from tests.infrastructure.moving_clock import MovingClock
from tests.infrastructure.proxy import LossyProxy
from tests.infrastructure.waiting import wait_until

# A loaded machine may begin a call late, and then the next on time: their distance is short, their number is right.
LEEWAY = 1.3


@dataclass(frozen=True, kw_only=True)
class OutageFigures:
    """`most_a_second` are the calls of the busiest second after the return, `out_of_order` the pairs the wrong way."""

    due: int
    probes: int
    seconds_down: float
    most_a_second: int
    out_of_order: int
    drained_in: float
    at_gateway: int
    doubled: int


def sit_out(
    office: Office, gateway: LossyProxy, *, due: int, rate: int, down: float, clock: MovingClock | None, patience: float
) -> OutageFigures:
    """
    So many bills of different days fall due while the gateway refuses connections, then it is back.

    :param rate: calls a second that the account allows after an outage
    :param down: seconds it stays away while workers try
    :param clock: with it, a day passes in between
    """
    gateway.close()
    GatewayAccount.objects.update(recovery_rate=rate)
    today = office.shop.merchant.local_date(timezone.now())
    for index in range(due):
        make_bill(
            office.shop.merchant,
            customer_phone=f"079{index:07d}",
            amount=Decimal(5),
            due_date=today - timedelta(days=index % 30),
        )
    for _ in range(2):
        office.worker()
    breaker = GatewayAccount.objects.exclude(breaker_open_until=None)
    wait_until(lambda: Invoice.objects.count() == due and breaker.exists(), patience, reason="the breaker is open")
    probes = _watch(down)
    if clock is not None:
        clock.advance(timedelta(days=1))
        _watch(down)
    gateway.open()
    began = time.monotonic()
    office.wait_until_sent(due, timeout=patience)
    drained_in = time.monotonic() - began
    book = office.shop.book()
    return OutageFigures(
        due=due,
        probes=probes,
        seconds_down=down,
        most_a_second=_most_a_second(),
        out_of_order=_out_of_order(),
        drained_in=round(drained_in, 1),
        at_gateway=book["totals"]["invoices"],
        doubled=len(book["doubled"]),
    )


def _watch(seconds: float) -> int:
    """How many calls were tried meanwhile."""
    before = DeliveryAttempt.objects.count()
    time.sleep(seconds)
    connection.close()
    return DeliveryAttempt.objects.count() - before


def _most_a_second() -> int:
    instants = list(SandboxCall.objects.filter(operation=Operation.CREATE).order_by("at").values_list("at", flat=True))
    first, most = 0, 0
    for last, instant in enumerate(instants):
        while instant - instants[first] >= timedelta(seconds=1):
            first += 1
        most = max(most, last - first + 1)
    return most


def _out_of_order() -> int:
    """
    Neighbours are called for side by side; further apart than that, the older one comes first.

    Those that were tried in vain have pauses of their own, and are left out.
    """
    due_dates = dict(Invoice.objects.filter(attempts=1).values_list("reference", "due_date"))
    references = SandboxCall.objects.filter(operation=Operation.CREATE).order_by("at", "pk")
    days = [due_dates[one] for one in references.values_list("reference", flat=True) if one in due_dates]
    return sum(later < earlier for earlier, later in zip(days, days[24:], strict=False))
