"""What we say of a failed call is stored in English: none of it may be left out of what is translated when read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.stored_sentences import in_words
from invoices import gateway
from invoices.gateway_sentences import SENTENCES, gateway_words

_SOURCES = sorted(Path(str(gateway.__file__)).parent.glob("*.py"))
_FILLED_IN = "…"


def _raised(source: Path) -> Iterator[str]:
    """Every sentence that an error of this file is raised with."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _named(node.exc) != "TimeoutError":
            yield from (text for text in map(_text, node.exc.args) if text.endswith("."))


def _named(call: ast.Call) -> str:
    return ast.unparse(call.func)  # a `TimeoutError` is answered with a sentence of our own


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else _FILLED_IN for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_every_sentence_the_gateways_errors_are_raised_with_is_translated() -> None:
    known = {re.sub(r"%\(\w+\)s", _FILLED_IN, sentence) for sentence in SENTENCES}

    raised = {text for source in _SOURCES for text in _raised(source)}

    assert len(raised) > 25
    assert raised - known == set()


@pytest.mark.parametrize(
    "stored",
    [
        "The gateway answered with an error (HTTP 503).",
        "It could not be reached (SSLError).",
        "the gateway's invoice is over 5.000, ours over 6.000",
        "amount: 100% of it is wrong",
        "",
    ],
)
def test_what_was_stored_is_read_as_it_was_said(stored: str) -> None:
    assert gateway_words(stored) == stored


def test_what_differs_each_time_is_kept() -> None:
    assert in_words("Sent 3 of 7.", ["Sent %(done)s of %(all)s."]) == "Sent 3 of 7."
