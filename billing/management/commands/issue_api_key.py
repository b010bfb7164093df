from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from billing.management.json_command import ACTOR, JsonCommand
from billing.models import Merchant
from billing.services import issue_api_key


class Command(JsonCommand):
    help = 'Issue an API key and print it, once: {"username", "apiKey", "prefix"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", default="", help="what the key is for")
        parser.add_argument("--expires-at", type=datetime.fromisoformat, help="ISO 8601; UTC unless it says otherwise")

    def answer(self, *, username: str, label: str, expires_at: datetime | None, **options: Any) -> dict[str, str]:
        merchant = Merchant.objects.filter(username=username).first()
        if merchant is None:
            raise CommandError(f"There is no merchant {username}.")
        if expires_at is not None and expires_at.tzinfo is None:
            expires_at = expires_at.replace(tzinfo=UTC)
        api_key, plaintext = issue_api_key(
            merchant=merchant, label=label, expires_at=expires_at, actor=ACTOR, now=timezone.now()
        )
        return {"username": username, "apiKey": plaintext, "prefix": api_key.prefix}
