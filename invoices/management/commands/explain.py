from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from billing.admin.screens.timeline import Line
from billing.errors import DomainError
from invoices.explaining.finding import find_document
from invoices.explaining.story import explain_document

# A terminal needs no marks of direction.
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


class Command(BaseCommand):
    help = "Tell the whole life of a document: manage.py explain BILL-20251201-0001"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="BILL-…, BN-…, SUB-…, SUB-…/3 for its third installment, or INV-…")
        parser.add_argument("--merchant", help="username: whose it is, where several merchants have the number")

    def handle(self, *args: Any, number: str, merchant: str | None, **options: Any) -> None:
        try:
            story = explain_document(find_document(number=number, username=merchant))
        except DomainError as failure:
            raise CommandError(str(failure.message)) from failure
        self._say(story.name)
        for sentence in story.origin:
            self._say(sentence)
        self._say("")
        for line in story.lines:
            self._say(_in_text(line))

    def _say(self, text: str) -> None:
        self.stdout.write(text.translate(_MARKS))


def _in_text(line: Line) -> str:
    words = f"{localtime(line.when):%Y-%m-%d %H:%M:%S}  {line.subject}: {line.what}"
    return f"{words} · {line.detail} ({line.who})" if line.detail else f"{words} ({line.who})"
