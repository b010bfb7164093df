from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from billing.management.json_command import ACTOR, JsonCommand
from billing.models import Channel, Currency, Merchant
from billing.services import create_merchant, issue_api_key
from invoices.services.account_setup import open_account, read_account


class Command(JsonCommand):
    help = 'Create a merchant with an API key, and its gateway account if one is given: {"username", "apiKey"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="shown to customers; the username if absent")
        parser.add_argument("--currency", default=Currency.JOD, choices=Currency.values)
        parser.add_argument("--time-zone", default="Asia/Amman")
        parser.add_argument("--channel", default=Channel.SMS, choices=Channel.values)
        parser.add_argument("--bills-per-hour", type=int, default=100, help="0 means no limit")
        parser.add_argument("--subscriptions-per-hour", type=int, default=50, help="0 means no limit")
        parser.add_argument(
            "--gateway", metavar="FILE", help="JSON description of the gateway account; - reads it here"
        )

    @transaction.atomic
    def answer(self, *, username: str, gateway: str | None, **options: Any) -> dict[str, str]:
        now = timezone.now()
        merchant = create_merchant(
            merchant=Merchant(
                username=username,
                name_en=options["name"] or username,
                currency=options["currency"],
                time_zone=options["time_zone"],
                channel=options["channel"],
                bills_per_hour=options["bills_per_hour"],
                subscriptions_per_hour=options["subscriptions_per_hour"],
            ),
            actor=ACTOR,
            now=now,
        )
        if gateway:
            account = read_account(_read_json(gateway), merchant=merchant)
            open_account(account=account, allow_private=settings.GATEWAY_ALLOW_PRIVATE, actor=ACTOR, now=now)
        _, plaintext = issue_api_key(merchant=merchant, label="first key", actor=ACTOR, now=now)
        return {"username": username, "apiKey": plaintext}


def _read_json(source: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        described = json.loads(text)
    except (OSError, ValueError) as problem:
        raise CommandError(f"The gateway account could not be read: {problem}") from problem
    if not isinstance(described, dict):
        raise CommandError("The gateway account must be a JSON object.")
    return described
