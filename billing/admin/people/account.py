"""A person's own account: who they are here, the second factor, and where they are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.access.devices import device_name
from billing.access.email_changes import waiting_email_change
from billing.access.second_factor import backup_codes_left, has_second_factor
from billing.access.sessions import end_sessions, live_sessions, own_session_id
from billing.admin.cells import instant
from billing.admin.page_actions import Doer
from billing.admin.people.way_in_log import record_for_person
from billing.admin.roles import staff_of
from billing.models import StaffSession, User
from billing.row_ids import is_row_id


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    id: int
    device: str
    network: str
    since: SafeString
    seen: SafeString
    is_own: bool


def account_view(request: HttpRequest) -> HttpResponse:
    doer = Doer.of(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Your account"),
        "person": doer.user,
        "roles": _roles(doer.user),
        "sessions": session_lines(request, now=doer.now),
        "has_factor": has_second_factor(doer.user),
        "waiting_email": waiting_email_change(doer.user, now=doer.now),
        "codes_left": backup_codes_left(doer.user),
    }
    return TemplateResponse(request, "admin/office/account.html", context)


def _roles(person: User) -> list[tuple[str, str]]:
    """Of each merchant, in the reader's language."""
    language = get_language() or "en"
    memberships = person.memberships.select_related("merchant").order_by("merchant__username")
    return [(each.merchant.name_in(language), each.get_role_display()) for each in memberships]


def session_lines(request: HttpRequest, *, now: datetime) -> list[SessionLine]:
    own = own_session_id(request)
    return [_line(row, is_own=row.pk == own) for row in live_sessions(staff_of(request), now=now)[:50]]


def _line(row: StaffSession, *, is_own: bool) -> SessionLine:
    return SessionLine(
        id=row.pk,
        device=device_name(row.user_agent) or _("Unknown device"),
        network=row.network or "—",
        since=instant(row.started_at),
        seen=instant(row.last_seen_at),
        is_own=is_own,
    )


def follow_new_password(request: HttpRequest, person: User) -> None:
    """In the transaction that set it: whoever was in with the old one is out, oneself stays, and it is told."""
    doer = Doer.of(request)
    own = own_session_id(request) if person.pk == doer.user.pk else None
    end_sessions(user=person, but=own, now=doer.now)
    record_for_person(person, "password_changed", actor=doer.actor)


@require_POST
def end_sessions_view(request: HttpRequest) -> HttpResponse:
    """One session that the person names, or all but the one they are in."""
    doer = Doer.of(request)
    named = request.POST.get("session", "")
    if named and not is_row_id(named):
        raise Http404
    only = int(named) if named else None
    ended = end_sessions(user=doer.user, but=own_session_id(request), only=only, now=doer.now)
    if only is not None and not ended:
        raise Http404
    text = ngettext("%(n)s session was ended.", "%(n)s sessions were ended.", ended)
    messages.success(request, text % {"n": ended})
    return HttpResponseRedirect(reverse("admin:account"))
