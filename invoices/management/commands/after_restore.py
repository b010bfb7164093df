from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.clock import database_now
from invoices.gateway.errors import EnquiryRefused, GatewayError
from invoices.models import GatewayAccount
from invoices.services.restoring.ahead import move_ahead
from invoices.services.restoring.doubts import ask_about_refused, ask_before_sending
from invoices.services.restoring.forgotten import ForgottenInvoice, forgotten_among, held_by_gateway, withdraw


class Command(BaseCommand):
    help = (
        "After the database was restored to an earlier instant, and before a worker starts: no id or number is given "
        "out a second time, what the backup holds as never sent is asked about before it is sent, and invoices that "
        "gateways hold and we have forgotten are cancelled there. Exit status 1 while one of these can be paid, is "
        "paid, or could not be asked about. docs/operations.md says what to do then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="the day of the backup, 2026-11-21")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, name what gateways hold")

    def handle(self, *args: Any, since: date, dry_run: bool, **options: Any) -> None:
        now = database_now()
        if not dry_run:
            move_ahead(now=now)
            self.stdout.write(f"{ask_before_sending(now=now)} to be asked about before they are sent")
        found = to_see_to = 0
        for account in GatewayAccount.objects.select_related("merchant").order_by("pk"):
            until = account.merchant.local_date(now)
            try:
                for forgotten in self._forgotten(account, since=since, until=until, dry_run=dry_run):
                    found += 1
                    to_see_to += self._tell(forgotten if dry_run else self._withdrawn(forgotten))
            except GatewayError as failure:
                to_see_to += 1
                self.stdout.write(f"{account.merchant.username}: could not be asked to the end: {failure}")
        self.stdout.write(f"{found} forgotten, {to_see_to} to see to")
        if to_see_to:
            sys.exit(1)

    def _forgotten(
        self, account: GatewayAccount, *, since: date, until: date, dry_run: bool
    ) -> Iterator[ForgottenInvoice]:
        if not account.can_enquire:
            raise EnquiryRefused("this gateway answers no questions", blames_the_account=True)
        for held in held_by_gateway(account, since=since, until=until):
            if not dry_run:
                ask_about_refused([one.reference for one in held], now=database_now())
            yield from forgotten_among(held, account=account)

    def _withdrawn(self, forgotten: ForgottenInvoice) -> ForgottenInvoice:
        if not forgotten.can_be_paid:
            return forgotten
        try:
            return withdraw(forgotten)
        except GatewayError as failure:
            self.stderr.write(f"{forgotten.held.reference}: could not be cancelled: {failure}")
            return forgotten

    def _tell(self, forgotten: ForgottenInvoice) -> bool:
        """One line; whether a person has to see to it."""
        held, account = forgotten.held, forgotten.account
        state = "can be paid" if forgotten.can_be_paid else "PAID" if forgotten.is_paid else "cancelled"
        self.stdout.write(f"{account.merchant.username}: {held.reference}, {held.amount} {account.currency}: {state}")
        return forgotten.can_be_paid or forgotten.is_paid
