"""From the dry run to the job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.importing.cells import Options
from billing.importing.checking import Checked, GoodRow, check_table
from billing.importing.choices import Choices, keep_choices
from billing.importing.files import read_file
from billing.importing.kinds import IMPORT_KINDS, ImportKind
from billing.jobs.starting import NewRow, StartedAlready, start_job
from billing.models import ImportFile, Job, User


class RowsAreWrong(DomainError):
    code = "ROWS_ARE_WRONG"
    message = gettext_noop("Some rows are wrong. Mend the file and upload it again, or import the good rows only.")


class NothingNew(DomainError):
    code = "NOTHING_NEW"
    message = gettext_noop("No row of this file is both right and new. There is nothing to import.")


class FileImportedAlready(DomainError):
    code = "FILE_IMPORTED_ALREADY"
    message = gettext_noop(
        "This file was imported already: see the list of jobs. Rows that were left out go into a file of their own."
    )


class NotAsShown(DomainError):
    code = "NOT_AS_SHOWN"
    message = gettext_noop("These are not the rows that you were shown, so nothing was imported. Look at them again.")


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
    *,
    merchant_id: int,
    file_id: int,
    choices: Choices,
    only_good: bool,
    started_by: User,
    now: datetime,
    rehearsed: str | None = None,
) -> Job:
    """
    The job that makes one of each row. All or nothing: a wrong row stops the whole file, unless `only_good`.

    :param rehearsed: the fingerprint of the rows the person agreed to; None where nobody was shown any
    :raises NotAsShown: they would be others
    :raises RowsAreWrong: :raises NothingNew: :raises FileImportedAlready: :raises MerchantIsInactive: and whatever
        the kind refuses of a whole file
    """
    files = ImportFile.objects.select_for_update(of=("self",)).select_related("merchant")
    file = files.get(merchant_id=merchant_id, pk=file_id)
    if not file.merchant.is_active:
        raise MerchantIsInactive
    kind = IMPORT_KINDS[file.kind]
    fingerprint = _fingerprint(file, kind, choices)
    good = _agreed_rows(file, choices, only_good=only_good, rehearsed=rehearsed, now=now)
    file.job = _start_job(file, kind, good, started_by=started_by, fingerprint=fingerprint, now=now)
    options = Options(currency=file.merchant.currency)
    kind.begin(file, file.job, (kind.read(row.cells, options) for row in good))
    file.save(update_fields=["job"])
    keep_choices(file, choices)
    return file.job


def _agreed_rows(
    file: ImportFile, choices: Choices, *, only_good: bool, rehearsed: str | None, now: datetime
) -> list[GoodRow]:
    """:raises NotAsShown: :raises RowsAreWrong: :raises NothingNew:"""
    checked = check_file(file, choices, now=now)
    if rehearsed not in (None, checked.fingerprint):
        raise NotAsShown
    if checked.bad_count and not only_good:
        raise RowsAreWrong
    if not checked.good:
        raise NothingNew
    return checked.good


def _start_job(
    file: ImportFile, kind: ImportKind, good: list[GoodRow], *, started_by: User, fingerprint: str, now: datetime
) -> Job:
    """:raises FileImportedAlready: by somebody else, meanwhile"""
    try:
        return start_job(
            merchant=file.merchant,
            kind=kind.job_kind,
            title=f"{kind.title}: {file.name}",
            rows=_job_rows(kind, good),
            created_by=started_by,
            now=now,
            parameters={"file": file.digest, **({"made": kind.made} if kind.made else {})},
            fingerprint=fingerprint,
        )
    except StartedAlready as meanwhile:
        raise FileImportedAlready from meanwhile


def imported_before(file: ImportFile) -> Job | None:
    """The last job that imported this very file, whoever uploaded it; a stopped one can be gone on with."""
    jobs = Job.objects.filter(merchant=file.merchant_id, kind=IMPORT_KINDS[file.kind].job_kind)
    same = jobs.filter(parameters__file=file.digest).exclude(status=Job.Status.STOPPED)
    return same.select_related("created_by").order_by("-id").first()


def _fingerprint(file: ImportFile, kind: ImportKind, choices: Choices) -> str:
    """
    Of the same file; where making twice is harmless, of it read in the same way. A stopped one can be gone on with.

    :raises FileImportedAlready:
    """
    jobs = Job.objects.filter(merchant=file.merchant, kind=kind.job_kind, parameters__file=file.digest)
    stopped = jobs.filter(status=Job.Status.STOPPED).count()
    read_as = None if kind.identity else choices.as_json()
    told = json.dumps([file.kind, file.digest, read_as, stopped], sort_keys=True)
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    same = jobs.exclude(status=Job.Status.STOPPED) if kind.identity else jobs.filter(fingerprint=fingerprint)
    if same.exists():
        raise FileImportedAlready
    return fingerprint


def _job_rows(kind: ImportKind, rows: list[GoodRow]) -> Iterator[NewRow]:
    for row in rows:
        yield NewRow(key=f"{row.number} · {kind.name(row.cells)}", values={"row": row.number, "cells": row.cells})
