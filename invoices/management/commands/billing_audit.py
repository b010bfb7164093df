from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.clock import database_now
from invoices.audit.difference import Difference
from invoices.audit.run import differences
from invoices.models import Invoice
from subscriptions.models import Installment


class Command(BaseCommand):
    help = "Prove the invariants of billing from the database; exit status 1 when something differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help='print {"periods", "held", "invoices", "differences": […]}'
        )
        parser.add_argument("--gateway", action="store_true", help="also ask the gateways about every invoice")

    def handle(self, *args: Any, json: bool, gateway: bool, **options: Any) -> None:
        found = differences(now=database_now(), at_gateways=gateway)
        if self._print_json(found) if json else self._print_lines(found):
            sys.exit(1)

    def _print_json(self, found: Iterable[Difference]) -> int:
        rows = [asdict(difference) for difference in found]
        self.stdout.write(json.dumps(_counts() | {"differences": rows}))
        return len(rows)

    def _print_lines(self, found: Iterable[Difference]) -> int:
        count = 0
        for each in found:
            count += 1
            self.stdout.write(f"{each.invariant} {each.subject} {each.subject_id}: {each.text}")
        line = "{periods} periods ({held} held), {invoices} invoices, {count} differences"
        self.stdout.write(line.format(count=count, **_counts()))
        return count


def _counts() -> dict[str, int | list[Any]]:
    return {
        "periods": Installment.objects.count(),
        "held": Installment.objects.exclude(hold="").count(),
        "invoices": Invoice.objects.count(),
    }
