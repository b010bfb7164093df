"""How long a text is as an SMS (3GPP TS 23.038): GSM letters, 160 to a message, or any letters, 70 to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, kw_only=True)
class SmsLength:
    """`units` are counted as the network counts them: a letter of the extension table, or an emoji, is two."""

    units: int
    segments: int
    is_gsm: bool


def sms_length(text: str) -> SmsLength:
    is_gsm = all(each in _BASIC or each in _EXTENDED for each in text)
    # An escape, or a surrogate pair, must not be torn apart: where it would be, the message ends one earlier.
    widths = [_width(each, is_gsm=is_gsm) for each in text]
    units, (alone, joined) = sum(widths), (160, 153) if is_gsm else (70, 67)
    return SmsLength(units=units, segments=1 if units <= alone else _split(widths, joined), is_gsm=is_gsm)


def _width(character: str, *, is_gsm: bool) -> int:
    if is_gsm:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _split(widths: list[int], most: int) -> int:
    segments, used = 1, 0
    for width in widths:
        if used + width > most:
            segments, used = segments + 1, 0
        used += width
    return segments
