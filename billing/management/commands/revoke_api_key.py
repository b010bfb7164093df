from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from billing.management.json_command import ACTOR, JsonCommand
from billing.services import revoke_api_key


class Command(JsonCommand):
    help = 'Refuse an API key from now on: {"prefix", "revokedAt"}. Doing it again changes nothing.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="the first 12 characters of the key")

    def answer(self, *, prefix: str, **options: Any) -> dict[str, str]:
        api_key = revoke_api_key(prefix=prefix, actor=ACTOR, now=timezone.now())
        assert api_key.revoked_at is not None
        return {"prefix": prefix, "revokedAt": api_key.revoked_at.isoformat()}
