"""
The sessions of the people of the office: listed, ended when idle or old, ended from elsewhere.

The session itself holds the times, so that watching it costs no query; the row is what a person sees of it. A
session is ended by taking it away, which the next request notices.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.access.second_factor import has_second_factor
from billing.client_networks import client_network
from billing.models import StaffSession, User

SEEN_IS_NOTED_EVERY: Final = timedelta(minutes=5)
ENDED_ARE_KEPT: Final = timedelta(days=30)

# What the session knows: when it began and was last used (seconds), the row that lists it and under which key, and
# whether a code was asked for and given.
_BEGAN, _SEEN, _ROW, _KEY, _FACTOR = "office_began", "office_seen", "office_row", "office_key", "office_factor"
_ASKED, _PASSED = "asked", "passed"


def _note_signing_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    now, session = timezone.now(), request.session
    row = StaffSession.objects.create(
        user=user,
        session_key=str(session.session_key),
        network=client_network(request),
        user_agent=str(request.META.get("HTTP_USER_AGENT", ""))[:300],
        started_at=now,
        last_seen_at=now,
    )
    session[_ROW], session[_KEY] = row.pk, session.session_key
    session[_BEGAN] = session[_SEEN] = int(now.timestamp())
    session.pop(_FACTOR, None)
    if has_second_factor(user):
        session[_FACTOR] = _ASKED
    user.staff_sessions.filter(last_seen_at__lt=now - ENDED_ARE_KEPT).delete()


def _note_signing_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and (row := request.session.get(_ROW)):
        user.staff_sessions.filter(pk=row, ended_at=None).update(ended_at=timezone.now())


def listen() -> None:
    user_logged_in.connect(_note_signing_in, dispatch_uid="office-session-begins")
    user_logged_out.connect(_note_signing_out, dispatch_uid="office-session-ends")


def is_over(request: HttpRequest, *, now: datetime) -> bool:
    """Whether it lay idle for too long, or has lasted as long as any may."""
    began, seen = (request.session.get(name, 0) for name in (_BEGAN, _SEEN))
    idle_since, older_than = now.timestamp() - settings.ADMIN_IDLE_TIMEOUT, now.timestamp()
    return bool(seen < idle_since or began < older_than - settings.ADMIN_SESSION_LIMIT)


def note_use(request: HttpRequest, *, now: datetime) -> None:
    """Once in a while, for a request costs a write each time."""
    if now.timestamp() - request.session.get(_SEEN, 0) >= SEEN_IS_NOTED_EVERY.total_seconds():
        request.session[_SEEN] = int(now.timestamp())
        _row_of(request).update(last_seen_at=now, network=client_network(request))


def follow_key(request: HttpRequest) -> None:
    """The session's key is changed at every step of signing in and with the password: the row goes along."""
    session = request.session
    if _ROW in session and session.session_key and session[_KEY] != session.session_key:
        session[_KEY] = session.session_key
        _row_of(request).update(session_key=session.session_key)


def _row_of(request: HttpRequest) -> QuerySet[StaffSession]:
    return StaffSession.objects.filter(pk=request.session.get(_ROW, 0))


def own_session_id(request: HttpRequest) -> int | None:
    row: int | None = request.session.get(_ROW)
    return row


# --- the second factor of a session


def second_factor_is_asked(request: HttpRequest) -> bool:
    """Whether a code must be given before anything else."""
    return bool(request.session.get(_FACTOR) == _ASKED)


def second_factor_is_missing(request: HttpRequest) -> bool:
    """Whether the person has none and must have one."""
    return bool(settings.ADMIN_REQUIRES_OTP and _FACTOR not in request.session)


def pass_second_factor(request: HttpRequest) -> None:
    """From now on the session may do what the person may. Under a new key: an older one proves only the password."""
    request.session[_FACTOR] = _PASSED
    request.session.cycle_key()


# --- ending them


def live_sessions(user: User, *, now: datetime) -> QuerySet[StaffSession]:
    """Those with which somebody can still get in."""
    return user.staff_sessions.filter(
        ended_at=None,
        last_seen_at__gte=now - timedelta(seconds=settings.ADMIN_IDLE_TIMEOUT) - SEEN_IS_NOTED_EVERY,
        started_at__gte=now - timedelta(seconds=settings.ADMIN_SESSION_LIMIT),
    ).order_by("-last_seen_at", "-id")


@transaction.atomic
def end_sessions(*, user: User, now: datetime, but: int | None = None, only: int | None = None) -> int:
    """
    Sign the person out; how many sessions that ended.

    :param but: the row of the session to spare
    :param only: the row of the one session to end
    """
    rows = user.staff_sessions.filter(ended_at=None).exclude(pk=but or 0)
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return rows.update(ended_at=now)
