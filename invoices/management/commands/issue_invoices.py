from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandParser

from billing.clock import database_now
from billing.management.json_command import JsonCommand
from billing.models import Merchant
from invoices.services.issuing_for_all import issue_for_all, merchants_with_work
from invoices.services.missed import rehearse_issue


class Command(JsonCommand):
    help = (
        'Invoice what is due now, or would be on a day: {"issued"}. Running it again issues nothing more. '
        'With --dry-run only say what would become of the installments: {"merchants": {…}}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="as if it were this day")
        parser.add_argument("--merchant", metavar="USERNAME", help="only this merchant")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def answer(self, *, as_of: date | None, merchant: str | None, dry_run: bool, **options: Any) -> dict[str, Any]:
        now = database_now()
        if not dry_run:
            return {"issued": issue_for_all(now=now, as_of=as_of, username=merchant)}
        merchants = merchants_with_work(now=now, as_of=as_of)
        if merchant is not None:
            merchants = merchants.filter(username=merchant)
        return {"merchants": {one.username: _rehearse(one, now, as_of) for one in merchants}}


def _rehearse(merchant: Merchant, now: datetime, as_of: date | None) -> dict[str, Any]:
    would = rehearse_issue(merchant=merchant, now=now, as_of=as_of)
    return {"issued": would.issued, "amount": str(would.amount), "held": would.held, "skipped": would.skipped}
