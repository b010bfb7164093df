"""From the rows of a job to what they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.importing.cells import InvalidCell, Options
from billing.importing.importing import MerchantIsInactive
from billing.importing.kinds import ImportKind, Made, Origin, Values
from billing.models import ImportedRow, Job, JobRow, Merchant
from billing.rows import insert_rows


class ImportedAlready(DomainError):
    code = "IMPORTED_ALREADY"
    message = gettext_noop("This row was imported before. Nothing was made twice.")


class RowIsWrong(DomainError):
    code = "ROW_IS_WRONG"
    message = gettext_noop("This row is not right any more.")


def import_rows(kind: ImportKind, job: Job, rows: Sequence[JobRow], now: datetime) -> list[str]:
    """
    Make what each row states, in the caller's transaction, and remember that it was made: all of them, or none. Each
    row gets what it has become as its target, for the caller to save.

    :raises MerchantIsInactive: by now
    :raises ImportedAlready: :raises RowIsWrong: and whatever the service refuses, each of any one row
    """
    if not rows:
        return []
    # The job was read when its turn began.
    if not Merchant.objects.filter(pk=job.merchant_id, is_active=True).exists():
        raise MerchantIsInactive
    options, actor = Options(currency=job.merchant.currency), f"user:{job.created_by_id}"
    try:
        stated = [kind.read(row.values["cells"], options) for row in rows]
    except InvalidCell as problem:
        raise RowIsWrong(reason=problem.message) from problem
    origins = [Origin(job.merchant, actor, job.pk, row.values["row"]) for row in rows]
    made = kind.make(origins, stated, now)
    _remember(kind, job.merchant_id, stated, made, now)
    for row, each in zip(rows, made, strict=True):
        row.target_id = each.target_id
    return [_("Made: %(what)s") % {"what": each.told} for each in made]


def _remember(
    kind: ImportKind, merchant_id: int, stated: Sequence[Values], made: Sequence[Made], now: datetime
) -> None:
    """After they were made, which locks their customers: a like row under another key waits there, and is seen here."""
    keys = [kind.keys(values) for values in stated]
    before = ImportedRow.objects.filter(merchant_id=merchant_id, kind=kind.code)
    if before.filter(key__in=[key for each in keys for key in each.known_by]).exists():
        raise ImportedAlready
    mark = partial(ImportedRow, merchant_id=merchant_id, kind=kind.code, imported_at=now)
    pairs = list(zip(keys, made, strict=True))
    try:
        insert_rows([mark(key=left.own, target_id=each.target_id) for left, each in pairs if left.own])
    except IntegrityError as taken:
        raise ImportedAlready from taken
    shared = [mark(key=left.shared, target_id=each.target_id) for left, each in pairs if left.shared]
    ImportedRow.objects.bulk_create(shared, ignore_conflicts=True)
