"""Copies of what is known of a person: rows of jobs, answers kept for repeated requests, files, free texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from billing.importing.files import read_file
from billing.importing.tables import FileRefused
from billing.models import IdempotencyKey, ImportFile, Job, JobRow
from invoices.models import AuditDifference, Shift
from invoices.services.forgetting.job_rows import named_rows
from invoices.services.forgetting.person import Person


def clear_copies(person: Person, *, name: str) -> None:
    """
    Wherever a person was copied to beside their own rows: jobs, kept answers, uploaded files, texts that staff wrote.

    :param name: what stands in place of theirs
    """
    _clear_job_rows(person, name)
    _clear_jobs(person)
    _clear_kept_answers(person, name)
    for file in files_with(person):
        file.delete()
    for rows, column in _free_texts(person.merchant_id):
        for row in rows.exclude(**{column: ""}).only(column):
            if person.is_named_in(getattr(row, column)):
                type(row)._default_manager.filter(pk=row.pk).update(**{column: ""})


def files_with(person: Person) -> Iterator[ImportFile]:
    """Uploaded files that name them, which nobody needs any more than a week. One is in memory at a time."""
    files = ImportFile.objects.filter(merchant=person.merchant_id)
    for file_id in list(files.order_by("pk").values_list("pk", flat=True)):
        file = files.filter(pk=file_id).first()
        if file is not None and _is_named_in_file(person, file):
            yield file


def _is_named_in_file(person: Person, file: ImportFile) -> bool:
    try:
        table = read_file(bytes(file.content))
    except FileRefused:
        return False
    return person.is_named_in([file.name, *(list(line.cells) for line in table.lines)])


def _clear_job_rows(person: Person, name: str) -> None:
    jobs = Job.objects.filter(merchant=person.merchant_id).only("parameters", "row_count")
    rows = list(named_rows(person, jobs.order_by("pk")))
    for row in rows:
        row.key, row.values, row.message = name, {}, ""
    JobRow.objects.bulk_update(rows, ["key", "values", "message"], batch_size=500)


def _clear_jobs(person: Person) -> None:
    """Titles with a file's name, and the filters a list was found by. A job that goes on still needs them."""
    jobs = Job.objects.filter(merchant=person.merchant_id, status__in=[Job.Status.DONE, Job.Status.STOPPED])
    for job in jobs.only("title", "parameters"):
        parameters = {each: value for each, value in job.parameters.items() if not person.is_named_in(value)}
        title = "" if person.is_named_in(job.title) else job.title
        if (title, parameters) != (job.title, job.parameters):
            Job.objects.filter(pk=job.pk).update(title=title, parameters=parameters)


def _clear_kept_answers(person: Person, name: str) -> None:
    """An answer may still be asked for again: it stays one about the same document."""
    keys = IdempotencyKey.objects.filter(merchant=person.merchant_id)
    for phone in person.phones:
        for key in keys.filter(answer__contains=phone):
            answer = json.loads(key.answer)
            _neutralise(answer.get("data", {}), name)
            key.answer = json.dumps(answer)
            key.save(update_fields=["answer"])


def _neutralise(data: dict[str, Any], name: str) -> None:
    neutral = {"customerName": name, "customerPhone": "", "customerEmail": None}
    data.update({field: value for field, value in neutral.items() if field in data})


def _free_texts(merchant_id: int) -> list[tuple[QuerySet[Any], str]]:
    """What staff write of their day, and what an audit says of a row: about somebody only by chance."""
    return [
        (Shift.objects.filter(merchant=merchant_id), "note"),
        (AuditDifference.objects.filter(merchant=merchant_id), "problem"),
    ]
