"""From the dry run to the job, and from a row of the job to what it makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.importing.cells import InvalidCell, Options
from billing.importing.checking import Checked, GoodRow, check_table
from billing.importing.choices import Choices, keep_choices
from billing.importing.files import read_file
from billing.importing.kinds import IMPORT_KINDS, ImportKind, Made, Origin, Values
from billing.jobs.starting import NewRow, StartedAlready, start_job
from billing.models import ImportedRow, ImportFile, Job, JobRow, User
from billing.rows import insert_rows


class RowsAreWrong(DomainError):
    code = "ROWS_ARE_WRONG"
    message = gettext_noop("Some rows are wrong. Mend the file and upload it again, or import the good rows only.")


class NothingNew(DomainError):
    code = "NOTHING_NEW"
    message = gettext_noop("No row of this file is both right and new. There is nothing to import.")


class FileImportedAlready(DomainError):
    code = "FILE_IMPORTED_ALREADY"
    message = gettext_noop("This file was imported already. Its progress is in the list of jobs.")


class ImportedAlready(DomainError):
    code = "IMPORTED_ALREADY"
    message = gettext_noop("This row was imported before. Nothing was made twice.")


class RowIsWrong(DomainError):
    code = "ROW_IS_WRONG"
    message = gettext_noop("This row is not right any more.")


class MerchantIsInactive(DomainError):
    code = "MERCHANT_IS_INACTIVE"
    message = gettext_noop("This merchant is not active. Nothing can be imported for it.")


def check_file(file: ImportFile, choices: Choices, *, now: datetime) -> Checked:
    """:raises FileRefused:"""
    table = read_file(bytes(file.content))
    kind = IMPORT_KINDS[file.kind]
    return check_table(table, kind=kind, choices=choices, merchant=file.merchant, now=now)


@transaction.atomic
def start_import(
    *, merchant_id: int, file_id: int, choices: Choices, only_good: bool, started_by: User, now: datetime
) -> Job:
    """
    The job that makes one of each row. All or nothing: a wrong row stops the whole file, unless `only_good`.

    :raises RowsAreWrong: :raises NothingNew: :raises FileImportedAlready: :raises MerchantIsInactive: and whatever
        the kind refuses of a whole file
    """
    files = ImportFile.objects.select_for_update(of=("self",)).select_related("merchant")
    file = files.get(merchant_id=merchant_id, pk=file_id)
    kind = IMPORT_KINDS[file.kind]
    if not file.merchant.is_active:
        raise MerchantIsInactive
    fingerprint = _fingerprint(file, choices)
    if Job.objects.filter(merchant=file.merchant, kind=kind.job_kind, fingerprint=fingerprint).exists():
        raise FileImportedAlready
    checked = check_file(file, choices, now=now)
    if checked.bad_count and not only_good:
        raise RowsAreWrong
    if not checked.good:
        raise NothingNew
    try:
        job = start_job(
            merchant=file.merchant,
            kind=kind.job_kind,
            title=f"{kind.title}: {file.name}",
            rows=_job_rows(kind, checked.good),
            created_by=started_by,
            now=now,
            parameters={"file": file.digest},
            fingerprint=fingerprint,
        )
    except StartedAlready as meanwhile:
        raise FileImportedAlready from meanwhile
    options = Options(currency=file.merchant.currency)
    kind.begin(file, job, (kind.read(row.cells, options) for row in checked.good))
    file.job = job
    file.save(update_fields=["job"])
    keep_choices(file, choices)
    return job


def _fingerprint(file: ImportFile, choices: Choices) -> str:
    """The same file, read in the same way. One whose job was stopped can be gone on with."""
    stopped = Job.objects.filter(merchant=file.merchant, status=Job.Status.STOPPED, parameters__file=file.digest)
    told = json.dumps([file.kind, file.digest, choices.as_json(), stopped.count()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _job_rows(kind: ImportKind, rows: list[GoodRow]) -> Iterator[NewRow]:
    for row in rows:
        yield NewRow(key=f"{row.number} · {kind.name(row.cells)}", values={"row": row.number, "cells": row.cells})


def import_rows(kind: ImportKind, job: Job, rows: Sequence[JobRow], now: datetime) -> list[str]:
    """
    Make what each row states, in the caller's transaction, and remember that it was made: all of them, or none.

    :raises ImportedAlready: :raises RowIsWrong: and whatever the service refuses, each of any one row
    """
    if not rows:
        return []
    options, actor = Options(currency=job.merchant.currency), f"user:{job.created_by_id}"
    try:
        stated = [kind.read(row.values["cells"], options) for row in rows]
    except InvalidCell as problem:
        raise RowIsWrong(reason=problem.message) from problem
    origins = [Origin(job.merchant, actor, job.pk, row.values["row"]) for row in rows]
    made = kind.make(origins, stated, now)
    _remember(kind, job.merchant_id, stated, made, now)
    return [_("Made: %(what)s") % {"what": each.told} for each in made]


def _remember(
    kind: ImportKind, merchant_id: int, stated: Sequence[Values], made: Sequence[Made], now: datetime
) -> None:
    marks = [
        ImportedRow(merchant_id=merchant_id, kind=kind.code, key=key, target_id=each.target_id, imported_at=now)
        for values, each in zip(stated, made, strict=True)
        if (key := kind.key(values))
    ]
    try:
        insert_rows(marks)
    except IntegrityError as taken:
        raise ImportedAlready from taken
