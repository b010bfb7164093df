"""Links that reach people through WhatsApp. Nothing is asked of it before a customer follows one. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

_WHATSAPP: Final = "https://wa.me/"
_NOT_A_DIGIT: Final = re.compile(r"[^0-9]")


def whatsapp_to(phone: str, *, text: str) -> str:
    """Opens a message to this phone with the text filled in; empty without a phone."""
    digits = _NOT_A_DIGIT.sub("", phone)
    return f"{_WHATSAPP}{digits}?text={quote(text, safe='')}" if digits else ""


def share_link(text: str, address: str) -> str:
    """Opens WhatsApp with text and address; where a script runs, it offers them to the phone's own list of apps."""
    both = quote(f"{text}\n{address}", safe="")
    return f"{_WHATSAPP}?text={both}"
