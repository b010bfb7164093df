from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.clock import database_now
from invoices.audit.run import find_differences
from invoices.models import Invoice


class Command(BaseCommand):
    help = "Prove the invariants of billing from the database; exit status 1 when something differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help='print {"invoices", "differences": […]}')
        parser.add_argument("--gateway", action="store_true", help="also ask the gateways about every invoice")

    def handle(self, *args: Any, json: bool, gateway: bool, **options: Any) -> None:
        differences = find_differences(now=database_now(), at_gateways=gateway)
        rows = [asdict(difference) for difference in differences]
        if json:
            self.stdout.write(_as_json(rows))
        else:
            for row in rows:
                self.stdout.write("{invariant} {subject} {subject_id}: {problem}".format(**row))
            self.stdout.write(f"{Invoice.objects.count()} invoices, {len(rows)} differences")
        if rows:
            sys.exit(1)


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps({"invoices": Invoice.objects.count(), "differences": rows})
