"""What the letter to a new e-mail address opens."""

from __future__ import annotations

from typing import Final

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from billing.access.email_changes import EmailChangeClosed, confirm_email_change, find_email_change
from billing.admin.door.pages import door_page
from billing.admin.page_actions import Doer, explain
from billing.admin.people.way_in_log import record_for_person
from billing.clock import database_now
from billing.models import EmailChange

_GONE: Final = 410


@never_cache
def confirm_email_view(request: HttpRequest, token: str) -> HttpResponse:
    """By a press of a button: programs that look through mail open links too."""
    try:
        change = find_email_change(token, now=database_now())
        if not admin.site.has_permission(request) or request.user != change.person:
            return _page(request, change, sentence=_("Sign in as this person, then open this link again."))
        if request.method != "POST":
            return _page(request, change, button=_("Use this address"))
        return _confirm(request, token)
    except EmailChangeClosed as failure:
        return door_page(request, title=_("This link is closed"), sentences=[explain(failure)], status=_GONE)


def _confirm(request: HttpRequest, token: str) -> HttpResponse:
    doer = Doer.of(request)
    with transaction.atomic():
        person = confirm_email_change(token=token, person=doer.user, now=doer.now)
        record_for_person(person, "email_changed", actor=doer.actor)
    messages.success(request, _("Your e-mail address is changed."))
    return HttpResponseRedirect(reverse("admin:account"))


def _page(request: HttpRequest, change: EmailChange, *, sentence: str = "", button: str = "") -> HttpResponse:
    names = {"email": change.email, "name": change.person.username}
    told = _("From now on %(email)s is to be the e-mail address of the account %(name)s.") % names
    return door_page(
        request, title=_("Your new e-mail address"), sentences=[told, *filter(None, [sentence])], button=button
    )
