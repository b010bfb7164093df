from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from billing.management.json_command import JsonCommand
from billing.services.api_keys import PREFIX_LENGTH
from invoices.demo import merchants


class Command(JsonCommand):
    help = (
        "Make demo merchants, the first of them razzbery with the API document's examples. Running it again makes "
        'nothing twice, except for new API keys when --keys-out asks for some. Prints {"merchants"}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchants", type=int, default=1, metavar="N", help="how many")
        parser.add_argument("--keys-out", metavar="FILE", help="write API keys here, as JSON readable by you alone")

    @transaction.atomic
    def answer(self, *, merchants: int, keys_out: str | None, **options: Any) -> dict[str, list[str]]:
        usernames = _usernames(merchants)
        _seed(usernames)
        if keys_out:
            _write_privately(Path(keys_out), _keys(usernames))
        return {"merchants": usernames}


def _usernames(count: int) -> list[str]:
    return [merchants.FIRST, *(f"merchant-{number:04d}" for number in range(2, count + 1))][:count]


def _seed(usernames: list[str]) -> None:
    now = timezone.now()
    for username in usernames:
        merchant = merchants.find_or_make_merchant(username=username, now=now)
        if username == merchants.FIRST:
            merchants.add_documents(merchant=merchant, now=now)


def _keys(usernames: list[str]) -> dict[str, Any]:
    now = timezone.now()
    made = [merchants.find_or_make_merchant(username=username, now=now) for username in usernames]
    inactive = merchants.find_or_make_merchant(username=merchants.INACTIVE, now=now, is_active=False)
    return {
        "merchants": [
            {"username": merchant.username, "key": merchants.new_key(merchant, "demo", now=now)} for merchant in made
        ],
        "revoked": merchants.revoked_key(made[0], now=now),
        "expired": merchants.expired_key(made[0], now=now),
        "inactive": {"username": inactive.username, "key": merchants.new_key(inactive, "demo", now=now)},
        "prefix_len": PREFIX_LENGTH,
    }


def _write_privately(path: Path, keys: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file, indent=2)
