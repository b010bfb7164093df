from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from billing.management.json_command import ACTOR, JsonCommand
from billing.models import Merchant
from subscriptions.models import Subscription
from subscriptions.services import NewSubscription, create_subscription


class Command(JsonCommand):
    help = 'Make subscriptions with N installments due today: {"username", "installments"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--merchant", metavar="USERNAME", help="the oldest active merchant if absent")

    def answer(self, *, number: int, merchant: str | None, **options: Any) -> dict[str, Any]:
        owner = _merchant(merchant)
        now = timezone.now()
        today = owner.local_date(now)
        for index in range(number):
            amount = Decimal(5 + index % 40)
            new = NewSubscription(
                type=Subscription.Type.CUSTOM_SCHEDULE,
                customer_name=f"Customer {index + 1}",
                customer_phone=f"079{index % 10_000_000:07d}",
                product_name="Gym Membership",
                total_amount=amount,
                custom_installments=((today, amount, ""),),
            )
            create_subscription(merchant=owner, new=new, horizon=settings.OPEN_ENDED_HORIZON, actor=ACTOR, now=now)
        return {"username": owner.username, "installments": number}


def _merchant(username: str | None) -> Merchant:
    merchants = Merchant.objects.filter(is_active=True).order_by("id")
    merchant = (merchants.filter(username=username) if username else merchants).first()
    if merchant is None:
        raise CommandError("There is no such active merchant. Make one with create_merchant or seed_demo.")
    return merchant
