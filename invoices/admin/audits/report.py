"""What the last audit came to, for whoever asks: the platform everything, a merchant's staff their own books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.roles import Right, rights_of
from billing.tenancy import merchants_of, rows_of
from invoices.models import AuditDifference, AuditRun
from invoices.services.auditing import GIVEN_UP_AFTER
from subscriptions.models import Installment

_STALE_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Report:
    """`headline` is one line for the last audit that ended; `notices` what is to be said besides."""

    headline: str
    colour: str
    at: datetime | None
    notices: list[str]
    history_url: str


def audit_report(request: HttpRequest) -> Report:
    run = last_finished()
    found = differences_in(run, request)
    return Report(
        headline=_headline(request, run, found),
        colour="warning" if run is None else "danger" if found else "info",
        at=run.finished_at if run else None,
        notices=[*_about_the_latest(), *_about_held(request)],
        history_url=reverse("admin:invoices_auditrun_changelist") if rights_of(request).is_platform else "",
    )


def _headline(request: HttpRequest, run: AuditRun | None, found: int) -> str:
    if run is None:
        return _("No audit has ended yet. One runs by itself every night.")
    if rights_of(request).is_platform:
        return f"{_periods(run.periods)}{_(', ')}{_differences(found)}"
    return _("In your books: %(differences)s") % {"differences": _differences(found)}


def last_finished() -> AuditRun | None:
    return finished_runs().first()


def finished_runs() -> QuerySet[AuditRun]:
    """The last first."""
    return AuditRun.objects.filter(finished_at__isnull=False).order_by("-started_at", "-pk")


def differences_of(request: HttpRequest) -> QuerySet[AuditDifference]:
    """The stored differences of the merchants whose set-up this person may see."""
    rights = rights_of(request)
    rows = rows_of(request.user, AuditDifference.objects.all())
    return rows if rights.is_platform else rows.filter(merchant_id__in=rights.merchant_ids(Right.SEE_SETUP))


def differences_in(run: AuditRun | None, request: HttpRequest) -> int:
    """How many of them this person may know of."""
    if run is None or not run.differences_found:
        return 0
    if rights_of(request).is_platform:
        return run.differences_found
    return differences_of(request).filter(run=run).count()


def days_since(run: AuditRun | None, request: HttpRequest) -> int:
    """Whole days since the last audit ended, once they are two; counted from the first merchant where none ever did."""
    since = run.finished_at if run is not None else _first_merchant(request)
    gone = timezone.now() - (since or timezone.now())
    return gone.days if gone > _STALE_AFTER else 0


def _first_merchant(request: HttpRequest) -> datetime | None:
    return merchants_of(request.user).order_by("created_at").values_list("created_at", flat=True).first()


def _periods(count: int) -> str:
    return ngettext("%(count)s period", "%(count)s periods", count) % {"count": f"{count:,}"}


def _differences(count: int) -> str:
    return ngettext("%(count)s difference", "%(count)s differences", count) % {"count": f"{count:,}"}


def _about_the_latest() -> list[str]:
    latest = AuditRun.objects.order_by("-started_at", "-pk").first()
    if latest is None or latest.finished_at is not None:
        return []
    if latest.started_at > timezone.now() - GIVEN_UP_AFTER:
        return [_("An audit is under way.")]
    return [_("The last audit was begun and never ended. The next one is begun by itself.")]


def _about_held(request: HttpRequest) -> list[str]:
    held = rows_of(request.user, Installment.objects.exclude(hold="")).count()
    words = ngettext(
        "%(count)s period is held: no difference, it waits for a person.",
        "%(count)s periods are held: no difference, they wait for a person.",
        held,
    )
    return [words % {"count": f"{held:,}"}] if held else []
