from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from billing.clock import database_now
from billing.management.json_command import JsonCommand
from invoices.services.sweeps import issue_for_all


class Command(JsonCommand):
    help = 'Invoice what is due now, or would be on a day: {"issued"}. Running it again issues nothing more.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="as if it were this day")
        parser.add_argument("--merchant", metavar="USERNAME", help="only this merchant")

    def answer(self, *, as_of: date | None, merchant: str | None, **options: Any) -> dict[str, int]:
        return {"issued": issue_for_all(now=database_now(), as_of=as_of, username=merchant)}
