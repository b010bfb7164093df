"""What all our commands have in common: JSON on standard output, everything for people on standard error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.errors import DomainError

ACTOR = "command"


class JsonCommand(BaseCommand):
    """
    A command whose `answer` returns what is printed as JSON.

    A DomainError becomes one clear line on standard error and exit status 1.
    """

    answer: Callable[..., Any]  # keyword-only, its own options by name

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.answer(**options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def say(self, text: str) -> None:
        self.stderr.write(text)
