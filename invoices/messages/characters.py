"""Characters that turn the order of a text or are not seen, and the isolates that keep a value to itself."""

from __future__ import annotations

import unicodedata
from typing import Final

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
# Embeddings, overrides, isolates and marks: what may turn, or already guards, the order of characters.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS: Final = frozenset("\u200e\u200f\u061c")
_LINE_ENDS: Final = frozenset("\u2028\u2029")
# Joiners are letters' business, in Persian names and in emoji.
_JOINERS: Final = frozenset("\u200c\u200d")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})


def is_forbidden(character: str) -> bool:
    """Control characters, overrides and what no font shows; the plain marks of direction may stay."""
    if character in _MARKS or character in _JOINERS:
        return False
    return character in _LINE_ENDS or unicodedata.category(character) in _UNSEEN


def one_line(text: str) -> str:
    """Somebody else's text as a value: without line ends, for headers and for its place, and turning nothing."""
    return "".join(each for each in " ".join(text.split()) if not is_forbidden(each))


def isolated(text: str) -> str:
    """Whatever its direction, it turns nothing beside it; what is isolated already stays as it is."""
    if not text or text[0] in _TURNING:
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def plain(text: str) -> str:
    """For an SMS: without marks and isolates, which old phones show as boxes, and with ordinary spaces."""
    kept = (each for each in text if each not in _TURNING and each not in _MARKS)
    return "".join(kept).replace("\u00a0", " ").replace("\u202f", " ")
