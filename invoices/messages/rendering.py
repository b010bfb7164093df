"""From a template and its values to what the customer reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from invoices.messages.characters import isolated, one_line, plain
from invoices.messages.syntax import fill
from invoices.messages.variables import LINK
from invoices.messages.wordings import Wording


@dataclass(frozen=True, kw_only=True)
class Message:
    subject: str = ""
    body: str


def render(wording: Wording, values: Mapping[str, str]) -> Message:
    """
    A text of ours or a merchant's, filled in.

    Every value is isolated, so that none turns the order of what stands beside it; the link stands on a line of its
    own and bare, for programs take an isolate at its end for a part of it.
    """
    return Message(
        subject=fill(wording.subject, {name: _in_subject(value) for name, value in values.items()}),
        body=fill(wording.body, {name: value if name == LINK else isolated(value) for name, value in values.items()}),
    )


def render_plain(text: str, values: Mapping[str, str]) -> str:
    """One line for an SMS, where isolates would be shown as boxes and cost the message its GSM letters."""
    return one_line(fill(text, {name: plain(value) for name, value in values.items()}))


def _in_subject(value: str) -> str:
    """Latin values need no isolate there, and a header of plain ASCII is read by every program."""
    return value if value.isascii() else isolated(value)
