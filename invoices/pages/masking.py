"""Names as a page may show them: enough to recognise one's own. Pure."""

from __future__ import annotations

from typing import Final

MOST_WORDS: Final = 3


def mask_name(name: str) -> str:
    """`Layla Haddad` as `L••• H•••`: first letters, the lengths hidden too."""
    letters = [next((letter for letter in word if letter.isalnum()), "") for word in name.split()]
    return " ".join(f"{letter}•••" for letter in [letter for letter in letters if letter][:MOST_WORDS])
