"""Rows of jobs about a person, of which the database leaves out most: a merchant may have imported a million lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from billing.chunks import in_chunks
from billing.models import Event, Job, JobRow
from invoices.services.forgetting.person import Person

_LOOKED_THROUGH_AT_ONCE: Final = 100_000  # rows of one statement, which is given up after seconds
_READ_AT_ONCE: Final = 500
_SUBJECTS: Final[Mapping[str, Event.Subject]] = {
    "billing.customer": Event.Subject.CUSTOMER,
    "billing.bill": Event.Subject.BILL,
    "subscriptions.subscription": Event.Subject.SUBSCRIPTION,
    "subscriptions.installment": Event.Subject.INSTALLMENT,
    "invoices.invoice": Event.Subject.INVOICE,
    "invoices.payment": Event.Subject.PAYMENT,
}
_ZEROS: Final = "0٠۰"
_NO_DIGIT: Final = "[^0-9٠-٩۰-۹]*"
# Other alphabets, whose letters may have cases and digits of their own; and what is written by codes of characters.
_NOT_PLAIN: Final = "[^\x01-\x7f\u0600-\u06ff\u2000-\u206f]|%|\\\\u"
_TEXT: Final = Concat("key", Value(" "), Cast("values", TextField()), Value(" "), "message", output_field=TextField())


def named_rows(person: Person, jobs: Iterable[Job]) -> Iterator[JobRow]:
    """
    Those rows of the merchant's jobs that are about them: acts by what they act on, imported lines by what stands in
    them.

    The database leaves out what is plain and names them in no shape; whatever else is read and judged here.
    """
    for some in _portions(jobs):
        rows = JobRow.objects.filter(merchant=person.merchant_id, job__in=some).alias(text=_TEXT)
        for possible in _possible(person, rows):
            yield from (row for row in possible.iterator(_READ_AT_ONCE) if _is_about(person, row, some[row.job_id]))


def _possible(person: Person, rows: QuerySet[JobRow]) -> Iterator[QuerySet[JobRow]]:
    """By what stands in them; then by what they act on, of which a person may have more than a statement takes."""
    may_name = Q(text__iregex=_ways_to_name(person)) | Q(text__regex=_NOT_PLAIN)
    yield rows.filter(may_name)
    for ids in in_chunks(sorted({pk for subject in _SUBJECTS.values() for pk in person.documents(subject)})):
        yield rows.filter(target_id__in=ids).exclude(may_name)


def _portions(jobs: Iterable[Job]) -> Iterator[dict[int, Job]]:
    """By their keys, as many as have so many rows together."""
    portion: dict[int, Job] = {}
    count = 0
    for job in jobs:
        if portion and count + job.row_count > _LOOKED_THROUGH_AT_ONCE:
            yield portion
            portion, count = {}, 0
        portion[job.pk] = job
        count += job.row_count
    yield portion


def _ways_to_name(person: Person) -> str:
    """Words as they are, in JSON or in an address; digits of three scripts, with anything between them."""
    written = {way for word in person.words for way in (word, json.dumps(word, ensure_ascii=False)[1:-1])}
    words = [re.escape(way).replace("\\ ", "[ +]") for way in sorted(written)]
    phones = [_NO_DIGIT.join(map(_digit, phone)) for phone in sorted(person.phones)]
    return "|".join([*words, *phones])


def _digit(digit: str) -> str:
    return f"[{''.join(chr(ord(zero) + int(digit)) for zero in _ZEROS)}]"


def _is_about(person: Person, row: JobRow, job: Job) -> bool:
    cells = row.values.get("cells")
    if isinstance(cells, dict):
        return person.has_phone(cells.get("phone")) or person.is_named_in(cells)
    subject = _SUBJECTS.get(job.parameters.get("model", ""))
    is_theirs = subject is not None and row.target_id in person.documents(subject)
    return is_theirs or person.is_named_in([row.key, row.values, row.message])
