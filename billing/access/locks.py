"""
Wrong passwords: counted by django-axes, judged by three limits.

Five for a person at one address; ten times as many for an address, whose office may be full of people; five times as
many for a person from everywhere together. The last spares the addresses they signed in from lately, or anybody could
lock anybody out. Counts are in the database, where they outlive Redis.
"""

from __future__ import annotations

from typing import Any, Final

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.client_networks import client_network
from billing.models import StaffSession

TIMES_FOR_ADDRESS: Final = 10
TIMES_FOR_ACCOUNT: Final = 5


class OfficeLocks(AxesDatabaseHandler):  # type: ignore[misc]  # the library has no types
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """As many as would be wrong for one person at one address."""
        username, address = get_client_username(request, credentials), address_of(request)
        at_address, of_account = Q(ip_address=address), Q(username=username)
        recent = AccessAttempt.objects.filter(
            at_address | of_account, attempt_time__gte=get_cool_off_threshold(request)
        )
        counts = recent.aggregate(
            pair=Sum("failures_since_start", filter=at_address & of_account, default=0),
            address=Sum("failures_since_start", filter=at_address, default=0),
            account=Sum("failures_since_start", filter=of_account, default=0),
        )
        from_everywhere = counts["account"] // TIMES_FOR_ACCOUNT
        if from_everywhere >= get_failure_limit(request, credentials) and _is_known(username, request):
            from_everywhere = 0
        return int(max(counts["pair"], counts["address"] // TIMES_FOR_ADDRESS, from_everywhere))

    def filter_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> list[QuerySet[AccessAttempt]]:
        """What a right password forgives: not what others did at this address, nor what was done elsewhere."""
        username = get_client_username(request, credentials)
        return [AccessAttempt.objects.filter(username=username, ip_address=address_of(request))]


def address_of(request: HttpRequest) -> str | None:
    """django-axes keeps an address, not a network: of IPv6 the first of its /64."""
    return client_network(request).partition("/")[0] or None


def _is_known(username: str | None, request: HttpRequest) -> bool:
    return StaffSession.objects.filter(user__username=username, network=client_network(request)).exists()


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The same page for everybody, known or not."""
    minutes = max(1, round(settings.AXES_COOLOFF_TIME.total_seconds() / 60))
    wait = ngettext(
        "Wait %(n)s minute, then try again. Your administrator can unlock you before.",
        "Wait %(n)s minutes, then try again. Your administrator can unlock you before.",
        minutes,
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Too many wrong passwords"),
        "sentences": [
            wait % {"n": minutes},
            _("Or have a link sent to your e-mail address: a new password lets you in at once."),
        ],
        "offers_new_password": True,
    }
    page = TemplateResponse(request, "admin/office/door_form.html", context, status=429)
    return page.render()
