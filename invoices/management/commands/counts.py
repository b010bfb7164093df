from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from billing.management.json_command import JsonCommand
from billing.models import Bill
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription


class Command(JsonCommand):
    help = (
        'How much there is: {"bills", "subscriptions", "installments", "invoices", "unknown", "payments"}; '
        "unknown are open invoices whose outcome is unknown or parked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unknown", action="store_true", help="only that number")

    def answer(self, *, unknown: bool, **options: Any) -> int | dict[str, int]:
        undecided = [Invoice.Delivery.UNKNOWN, Invoice.Delivery.PARKED]
        unknown_count = Invoice.objects.live().filter(delivery__in=undecided).count()
        if unknown:
            return unknown_count
        return {
            "bills": Bill.objects.count(),
            "subscriptions": Subscription.objects.count(),
            "installments": Installment.objects.count(),
            "invoices": Invoice.objects.count(),
            "unknown": unknown_count,
            "payments": Payment.objects.count(),
        }
