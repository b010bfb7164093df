"""
One spelling for what Arabic writes in several ways: hamza and madda on alef, final ya, ta marbuta, vowel signs.

The database computes it for every customer as the row is written; what somebody types is brought to it here. Both
come from the same table, so they cannot differ. What is written as one word or as two is looked for as both.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace

_INSTEAD: Final = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ئ": "ي",
    "ؤ": "و",
    "ة": "ه",
    "ک": "ك",
}
_LEFT_OUT: Final = "ـًٌٍَُِّْٰ"  # tatweel and the vowel signs
_JOINED: Final = ("عبد", "ابو", "ال")  # عبدالله, أبوزيد, آل خليفة: with or without a space behind these
SPELLING: Final = _INSTEAD | dict.fromkeys(_LEFT_OUT, "")


def spell(text: str) -> str:
    """`الأستاذة سُهى` as `الاستاذه سهي`; Latin letters small."""
    for written, meant in SPELLING.items():
        text = text.replace(written, meant)
    return text.lower()


def has_word(path: str, spelled_word: str) -> Q:
    """
    Rows in whose spelled name this is.

    Two words that stand for one are found in it anyway, each by itself; only one that stands for two is taken apart.
    """
    found = Q(**{f"{path}__contains": spelled_word})
    for first in _JOINED:
        if spelled_word.startswith(first) and spelled_word != first:
            found |= Q(**{f"{path}__contains": f"{first} {spelled_word.removeprefix(first)}"})
    return found


def spelled(column: str) -> Any:
    """The same as an expression of the database, of functions that never change their mind."""
    replaced: Any = F(column)
    for written, meant in SPELLING.items():
        replaced = Replace(replaced, Value(written), Value(meant))
    return Lower(replaced)
