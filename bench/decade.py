"""
Ten years day by day: each period of every kind of plan invoiced exactly once, on its day, over its amount.

    python -m bench.decade [--years 10] [--plans 500] [--seed 1]

Plans begin over the first two years and are paused, resumed, skipped, changed, moved, given an end, settled early and
cancelled, all by the real services on a private PostgreSQL. What was invoiced is compared with bench.decade_calendar.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.infrastructure.postgres import PostgresCluster, postgres_binaries

if TYPE_CHECKING:
    from bench.decade_plans import Lived
    from billing.models import Merchant

FIRST_DAY = date(2026, 1, 1)
SECRETS = {name: name.lower() * 8 for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "API_KEY_HMAC_KEY")}


def main() -> None:
    options = _options()
    with _database():
        began = time.monotonic()
        plans, happened = _live(options)
        _report(plans, happened, options, seconds=time.monotonic() - began)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--plans", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[None]:
    """A migrated private database, which this process' models use."""
    binaries = postgres_binaries()
    if binaries is None:
        sys.exit("This bench needs PostgreSQL's binaries.")
    with tempfile.TemporaryDirectory(prefix="billing-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = PostgresCluster(Path(folder) / "postgresql", binaries)
        try:
            cluster.create()
            os.environ.update(SECRETS, DEBUG="0", DATABASE_URL=cluster.url(), PUBLIC_BASE_URL="http://127.0.0.1")
            os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="ERROR")
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield
        finally:
            cluster.stop()


def _live(options: argparse.Namespace) -> tuple[list[Lived], Counter[str]]:
    from bench.decade_events import live
    from bench.decade_plans import begin
    from billing.models import CatchUp, Merchant

    dice = random.Random(options.seed)
    merchant = Merchant.objects.create(
        username="decade", name_en="Decade", issue_days_ahead=0, catch_up=CatchUp.ISSUE_ALL, time_zone="UTC"
    )
    births = Counter(dice.randrange(min(730, 365 * options.years)) for _ in range(options.plans))
    plans: list[Lived] = []
    happened: Counter[str] = Counter()
    for number in range(365 * options.years):
        now = _morning(number)
        for plan in plans:
            if plan.next_event == now.date():
                happened[live(plan, dice, now=now)] += 1
        plans += [begin(merchant, dice, now=now) for _ in range(births[number])]
        _generate(merchant, now)
        for plan in plans:
            plan.walked.walk(now.date())
    return plans, happened


def _morning(number: int) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(days=number), time_of_day(9), UTC)


def _generate(merchant: Merchant, now: datetime) -> None:
    """A day's run; what the brake holds, a person approves on the same day."""
    from bench.decade_plans import ACTOR, HORIZON
    from invoices.services.issuing import issue_due
    from invoices.services.missed import approve_held, held_installments
    from subscriptions.services import extend_open_ended

    extend_open_ended(merchant=merchant, horizon=HORIZON, now=now)
    issue_due(merchant=merchant, now=now)
    held = list(held_installments(merchant).values_list("pk", flat=True))
    if held:
        approve_held(merchant_id=merchant.pk, installment_ids=held, actor=ACTOR, now=now)


def _report(plans: list[Lived], happened: Counter[str], options: argparse.Namespace, *, seconds: float) -> None:
    invoiced = _invoiced()
    differences, periods = 0, 0
    for plan in plans:
        expected = _expected(plan)
        periods += sum(expected.values())
        found = invoiced[plan.subscription.pk]
        if found != expected:
            differences += 1
            _show(plan, missing=expected - found, surplus=found - expected)
    made = sum(sum(each.values()) for each in invoiced.values())
    underivable = _underivable(options)
    print(
        f"{len(plans)} plans over {options.years} years in {seconds:.0f} s: {made} invoices, {periods} periods expected"
    )
    print(", ".join(f"{name} {count}" for name, count in happened.most_common() if name))
    figures = {"periods": periods, "invoices": made, "differences": differences, "underivable": underivable}
    print(json.dumps({"name": "decade", **figures}))
    sys.exit(1 if differences or underivable else 0)


def _underivable(options: argparse.Namespace) -> int:
    """The installments that the nightly audit cannot derive from their plans' rules after all that happened."""
    from invoices.audit.schedules import plans_have_their_installments

    found = list(plans_have_their_installments(now=_morning(365 * options.years - 1)))
    for each in found[:5]:
        print(each)
    return len(found)


def _invoiced() -> defaultdict[int, Counter[Any]]:
    from invoices.models import Invoice

    found: defaultdict[int, Counter[Any]] = defaultdict(Counter)
    columns = ("installment__subscription_id", "due_date", "amount", "created_at")
    for subscription_id, due, amount, created_at in Invoice.objects.values_list(*columns):
        found[subscription_id][(due, amount, created_at.date())] += 1
    return found


def _expected(plan: Lived) -> Counter[Any]:
    plan.walked.forget_pause()
    return Counter((each.due, each.amount, each.issued_on) for each in plan.walked.made)


def _show(plan: Lived, *, missing: Counter[Any], surplus: Counter[Any]) -> None:
    print(f"{plan.subscription} {plan.subscription.type}: missing {sorted(missing)[:5]}, surplus {sorted(surplus)[:5]}")


if __name__ == "__main__":
    main()
