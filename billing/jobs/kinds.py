"""The kinds of jobs there are. Each layer adds its own when the application starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.models import Job, JobRow


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """
    `do` acts on one row and returns what to say of it; a DomainError refuses the row and changes nothing.

    With `is_transactional` a row and its mark are one transaction, so it is done exactly once. Work that calls others
    cannot be: such a row is marked as started first, and one that was interrupted is never begun again by itself
    (`is_repeatable`: unless doing it twice changes nothing).

    `do_together` does several rows in the transaction of their marks, and raises where one of them cannot be done:
    then each of them is done by `do`.

    `when_done` shortens the wait for what a sweep does too: it may run twice, and its failure is only written to the
    log.
    """

    code: str
    do: Callable[[Job, JobRow, datetime], str]
    do_together: Callable[[Job, Sequence[JobRow], datetime], list[str]] | None = None
    is_transactional: bool = True
    is_repeatable: bool = False
    when_done: Callable[[Job], None] = lambda job: None


class UnknownKind(LookupError):
    """No layer has added this kind: an older or newer version of the product started the job."""


_KINDS: dict[str, JobKind] = {}


def add_kind(kind: JobKind) -> None:
    _KINDS[kind.code] = kind


def kind_of(job: Job) -> JobKind:
    """:raises UnknownKind:"""
    try:
        return _KINDS[job.kind]
    except KeyError:
        raise UnknownKind(job.kind) from None
