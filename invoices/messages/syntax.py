"""
The little language of templates: text with places, `{name}`, that are filled in. `{{` and `}}` stand for braces.

A place is a word from a table and nothing else: there are no attributes, no indexes and no formats to reach through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_noop

from billing.errors import DomainError

_TOKENS: Final = re.compile(r"\{\{|\}\}|\{[^{}\n]*\}|[{}]")
_GAPS: Final = re.compile(r"\n{3,}")
_BRACES: Final = {"{{": "{", "}}": "}"}


class StrayBrace(DomainError):
    code = "STRAY_BRACE"
    message = gettext_noop("A brace stands alone. Write {{ or }} where the customer should read one.")


@dataclass(frozen=True)
class Place:
    """Where a value goes."""

    name: str


Piece = str | Place
Line = tuple[Piece, ...]


@lru_cache(maxsize=2048)
def parse(text: str) -> tuple[Line, ...]:
    """
    The template, line by line.

    :raises StrayBrace:
    """
    return tuple(_parse_line(line) for line in text.split("\n"))


def names_in(text: str) -> list[str]:
    """The names of its places, in their order. :raises StrayBrace:"""
    return [piece.name for line in parse(text) for piece in line if isinstance(piece, Place)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """
    The text with its values. A line with a place that has no value is left out whole, and the gap it leaves.

    :raises StrayBrace:
    """
    filled = [_fill_line(line, values) for line in parse(text)]
    return _GAPS.sub("\n\n", "\n".join(line for line in filled if line is not None)).strip()


def _fill_line(line: Line, values: Mapping[str, str]) -> str | None:
    parts = [values.get(piece.name, "") if isinstance(piece, Place) else piece for piece in line]
    is_complete = all(part for part, piece in zip(parts, line, strict=True) if isinstance(piece, Place))
    return "".join(parts) if is_complete else None


def _parse_line(line: str) -> Line:
    pieces: list[Piece] = []
    end = 0
    for token in _TOKENS.finditer(line):
        pieces += [line[end : token.start()], _read(token.group())]
        end = token.end()
    return tuple(piece for piece in (*pieces, line[end:]) if piece != "")


def _read(token: str) -> Piece:
    if token in _BRACES:
        return _BRACES[token]
    if len(token) == 1:
        raise StrayBrace
    return Place(token[1:-1])
