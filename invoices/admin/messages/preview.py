"""A message as the customer's phone shows it."""

from __future__ import annotations

import re
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from invoices.messages.rendering import Message
from invoices.messages.variables import RULES
from invoices.models import MessageTemplate

_ADDRESS: Final = re.compile(r"https?://\S+")


def show_message(use: str, message: Message, *, language: str, sender: str = "") -> SafeString:
    """An e-mail as a card, WhatsApp and SMS as a bubble; nothing in it can be clicked."""
    context = {
        "kind": _kind(use),
        "subject": message.subject,
        "lines": [_line(line) for line in message.body.split("\n")],
        "sender": sender,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
    }
    return SafeString(render_to_string("messages/preview.html", context))


def _kind(use: str) -> str:
    if RULES[use].has_subject:
        return "email"
    return "sms" if use == MessageTemplate.Use.DESCRIPTION else "whatsapp"


def _line(line: str) -> SafeString:
    parts = [(line[start:end], is_address) for start, end, is_address in _spans(line)]
    return format_html_join("", "{}", ((_part(text, is_address),) for text, is_address in parts))


def _part(text: str, is_address: bool) -> SafeString:
    return format_html('<span class="message-link">{}</span>' if is_address else "{}", text)


def _spans(line: str) -> list[tuple[int, int, bool]]:
    spans, end = [], 0
    for found in _ADDRESS.finditer(line):
        spans += [(end, found.start(), False), (found.start(), found.end(), True)]
        end = found.end()
    return [*spans, (end, len(line), False)]
