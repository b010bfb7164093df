"""The running product with one merchant, to be broken: what the tests of faults share."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from billing.clock import database_now
from invoices.models import Invoice
from subscriptions.models import Subscription
from tests.factories import make_subscription
from tests.infrastructure.processes import Processes, RunningProcess, WebServer
from tests.infrastructure.waiting import wait_until
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

# As in production, only shorter, so that what takes minutes there takes seconds.
HASTE = {
    "GATEWAY_DEADLINE": "2",
    "GATEWAY_LEASE": "4",
    "GATEWAY_LEASE_MARGIN": "0.5",
    "GATEWAY_BREAKER_PAUSE": "1",
    "GATEWAY_LOOKS_WITHIN": "2",
    "GATEWAY_RETRY_BASE": "1",
    # Here workers die more often than an invoice that kills them would be given a chance.
    "GATEWAY_LOST_LEASES": "50",
    "SWEEP_INTERVAL": "1",
    "ERRAND_SWEEP_INTERVAL": "1",
    "CALLBACK_SWEEP_INTERVAL": "2",
}


@dataclass(frozen=True, kw_only=True)
class Office:
    """Workers are started as a test needs them; the gateway is the sandbox, served by `web` too."""

    shop: SandboxedMerchant
    web: WebServer
    processes: Processes
    environment: dict[str, str]
    marks: Path

    def make_due(self, count: int, **kwargs: Any) -> None:
        """So many plans more, of a customer each, with one installment due today."""
        today = self.shop.merchant.local_date(timezone.now())
        before = Subscription.objects.count()
        for index in range(before, before + count):
            make_subscription(
                self.shop.merchant,
                "CUSTOM_SCHEDULE",
                customer_phone=f"079{index:07d}",
                total_amount=Decimal("5.000"),
                custom_installments=((today, Decimal("5.000"), ""),),
                **kwargs,
            )

    def worker(self, *, with_beat: bool = True, **kwargs: Any) -> RunningProcess:
        """An ordinary worker."""
        arguments = ["-B"] if with_beat else []
        return self.processes.celery_worker(env=self.environment, arguments=arguments, **kwargs)

    def beat(self) -> RunningProcess:
        """The timetable, in a process of its own as in production."""
        schedule = self.marks.parent / f"timetable-{time.monotonic_ns()}"
        command = [sys.executable, "-m", "celery", "-A", "config", "beat", "--schedule", str(schedule), "--pidfile="]
        return self.processes.start(command, env=self.environment, name="beat")

    def dying_worker(self, *places: str, with_parent: bool = False, concurrency: int = 1) -> RunningProcess:
        """A worker that is killed once at each of the places."""
        return self.worker(launcher=self.dying(*places, with_parent=with_parent), concurrency=concurrency)

    def dying(self, *places: str, with_parent: bool = False, when: str = "") -> Sequence[str]:
        at = [part for place in places for part in ("--at", place)]
        group = ["--with-parent"] if with_parent else []
        always = ["--when", when] if when else []
        return ["tests.faults.dying_worker", "--marks", str(self.marks), *at, *group, *always, "--"]

    def deaths(self) -> int:
        return len(list(self.marks.iterdir()))

    def sent(self) -> int:
        return Invoice.objects.filter(delivery=Invoice.Delivery.SENT).count()

    def wait_until_sent(self, count: int, timeout: float = 90) -> None:
        def all_sent() -> bool:
            return self.sent() >= count and not self.unsettled()

        wait_until(all_sent, timeout, interval=0.3, reason=f"{count} are sent")

    def unsettled(self) -> int:
        unsettled = (Invoice.Delivery.NEW, Invoice.Delivery.SENDING, Invoice.Delivery.UNKNOWN)
        return Invoice.objects.live().filter(delivery__in=unsettled).count()

    def assert_exactly(self, count: int) -> None:
        """So many invoices, each once at the gateway, and nothing for the audit to find."""
        totals = self.shop.book()["totals"]
        assert (totals["invoices"], totals["not_cancelled"]) == (count, count)
        assert Invoice.objects.count() == count
        assert self.differences() == []

    def differences(self) -> list[str]:
        found = find_differences(now=database_now(), at_gateways=True)
        return [f"{one.invariant} {one.subject} {one.subject_id}: {one.problem}" for one in found]
