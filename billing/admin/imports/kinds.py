"""Who may import what, and the job that does it: with the rights its starter has by the time a row's turn comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise

from billing.admin.acts.whole_lists import NotAllowedAnyMore
from billing.admin.roles import Right, read_rights, rights_of
from billing.importing.bills import BILLS
from billing.importing.customers import CUSTOMERS
from billing.importing.kinds import IMPORT_KINDS, ImportKind
from billing.importing.making import import_rows
from billing.jobs.kinds import JobKind, add_kind
from billing.models import Job, JobRow

_RIGHTS: Final[dict[str, tuple[Right, ...]]] = {}


def add_import(kind: ImportKind, *, right: Right = Right.IMPORT) -> None:
    """:param right: what making one by hand needs; the right to import is needed besides"""

    def do_together(job: Job, rows: Sequence[JobRow], now: datetime) -> list[str]:
        rights = read_rights(job.created_by)
        if not all(rights.allow(needed, job.merchant_id) for needed in _RIGHTS[kind.code]):
            raise NotAllowedAnyMore
        return import_rows(kind, job, rows, now)

    def do(job: Job, row: JobRow, now: datetime) -> str:
        (told,) = do_together(job, [row], now)
        return told

    IMPORT_KINDS[kind.code] = kind
    _RIGHTS[kind.code] = (Right.IMPORT, right)
    add_kind(JobKind(code=kind.job_kind, do=do, do_together=do_together, when_done=kind.when_done))


def may_import(request: HttpRequest, kind: ImportKind, merchant_id: int | None = None) -> bool:
    rights = rights_of(request)
    return all(rights.allow(right, merchant_id) for right in _RIGHTS[kind.code])


def kinds_for(request: HttpRequest) -> list[tuple[str, Promise]]:
    return [(kind.code, kind.title) for kind in IMPORT_KINDS.values() if may_import(request, kind)]


add_import(BILLS)
add_import(CUSTOMERS)
