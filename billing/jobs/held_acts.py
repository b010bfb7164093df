"""What of one row already waits for a second person: shown on its page, and not asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Job
from billing.services import record_event

ACT: Final = "ACT"


class WaitsAlready(DomainError):
    code = "WAITS_ALREADY"
    message = gettext_noop("A change waits for approval here already. Have it approved or stopped before another.")


@transaction.atomic
def ask_once(*, row: Any, what: str, actor: str, start: Callable[[], Job]) -> Job:
    """
    Have a second person asked about this row, once at a time: two who ask together meet at its lock.

    :param start: starts the held job
    :param what: what is to be done, for the row's timeline
    :raises WaitsAlready: nothing was started
    :raises DomainError: what starting a job refuses
    """
    type(row)._default_manager.select_for_update(of=("self",)).get(merchant_id=row.merchant_id, pk=row.pk)
    if _held(type(row)).filter(merchant_id=row.merchant_id, rows__target_id=row.pk).exists():
        raise WaitsAlready
    job = start()
    record_event(
        merchant_id=row.merchant_id,
        subject=Event.Subject(str(row._meta.model_name).upper()),
        subject_id=row.pk,
        name="approval_asked",
        actor=actor,
        reason=what,
    )
    return job


def with_held_act(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Read with each row, as `held_act`: the id of the job that waits for approval and would act on it."""
    waiting = _held(rows.model).filter(merchant=OuterRef("merchant"), rows__target_id=OuterRef("pk"))
    found: QuerySet[Any] = rows.annotate(held_act=Subquery(waiting.order_by("-pk").values("pk")[:1]))
    return found


def held_act_of(row: Any) -> Job | None:
    """Asked for only where there is one, which the row was read with."""
    job_id = getattr(row, "held_act", None)
    if job_id is None:
        return None
    return Job.objects.filter(merchant_id=row.merchant_id, pk=job_id).select_related("created_by").first()


def _held(model: type[Model]) -> QuerySet[Job]:
    return Job.objects.filter(status=Job.Status.HELD, kind=ACT, parameters__model=model._meta.label_lower)
