"""
One spelling for what Arabic writes in several ways: hamza and madda on alef, final ya, ta marbuta, vowel signs.

The database computes it for every customer as the row is written; what somebody types is brought to it here. Both
come from the same table, so they cannot differ.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, Value
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
SPELLING: Final = _INSTEAD | dict.fromkeys(_LEFT_OUT, "")


def spell(text: str) -> str:
    """`الأستاذة سُهى` as `الاستاذه سهي`; Latin letters small."""
    for written, meant in SPELLING.items():
        text = text.replace(written, meant)
    return text.lower()


def spelled(column: str) -> Any:
    """The same as an expression of the database, of functions that never change their mind."""
    replaced: Any = F(column)
    for written, meant in SPELLING.items():
        replaced = Replace(replaced, Value(written), Value(meant))
    return Lower(replaced)
