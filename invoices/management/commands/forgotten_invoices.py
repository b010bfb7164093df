from __future__ import annotations

import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.clock import database_now
from invoices.gateway.errors import GatewayError
from invoices.models import GatewayAccount
from invoices.services.restoring import ForgottenInvoice, forgotten_invoices, withdraw


class Command(BaseCommand):
    help = (
        "After the database was restored to an earlier instant, before the workers start: name the invoices that "
        "gateways hold and we have forgotten. Exit status 1 while one of them can be paid, is paid, or could not be "
        "asked about. docs/operations.md says what to do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="the day of the backup, 2026-11-21")
        parser.add_argument("--cancel", action="store_true", help="cancel those that can be paid, at the gateway")

    def handle(self, *args: Any, since: date, cancel: bool, **options: Any) -> None:
        found = to_see_to = 0
        now = database_now()
        for account in GatewayAccount.objects.filter(can_enquire=True).select_related("merchant").order_by("pk"):
            until = account.merchant.local_date(now)
            try:
                for forgotten in forgotten_invoices(account, since=since, until=until):
                    found += 1
                    to_see_to += self._tell(self._withdrawn(forgotten) if cancel else forgotten)
            except GatewayError as failure:
                to_see_to += 1
                self.stdout.write(f"{account.merchant.username}: could not be asked to the end: {failure}")
        self.stdout.write(f"{found} forgotten, {to_see_to} to see to")
        if to_see_to:
            sys.exit(1)

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
