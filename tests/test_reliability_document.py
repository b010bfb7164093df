"""docs/reliability.md names tests that exist, and leaves no fault out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
DOCUMENT = (TESTS.parent / "docs" / "reliability.md").read_text()
# How many faults of each letter there are, and with how many digits they are written.
FAULTS = {"W": 12, "B": 7, "P": 7, "Q": 5, "G": 17, "C": 12, "T": 4, "F": 5, "A": 5, "D": 5, "E": 2}
CASES = {"K": 28, "Y": 15, "V": 15, "M": 20}


def every_id() -> Iterator[str]:
    for letter, count in FAULTS.items():
        yield from (f"{letter}{number}" for number in range(1, count + 1))
    for letter, count in CASES.items():
        yield from (f"{letter}{number:02d}" for number in range(1, count + 1))


def listed_ids() -> list[str]:
    listed: list[str] = []
    for first, last in re.findall(r"^\| ([A-Z]\d+)(?:–[A-Z](\d+))? \|", DOCUMENT, re.MULTILINE):
        letter, number = first[0], int(first[1:])
        width = len(first) - 1
        listed += [f"{letter}{value:0{width}d}" for value in range(number, int(last or number) + 1)]
    return listed


def test_every_fault_is_listed_once() -> None:
    assert listed_ids() == sorted(listed_ids(), key=list(every_id()).index)
    assert listed_ids() == list(every_id())


def test_every_test_named_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", DOCUMENT)

    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (TESTS / path).exists() or f"def {name}(" not in (TESTS / path).read_text()
    ]

    assert len(named) > 100
    assert missing == []
