"""Who mistyped passwords lately, and from where: for the platform, which can unlock them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.access.devices import device_name
from billing.admin.cells import instant, isolated, label, latin
from billing.admin.lists.searching import Search
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.people.log import PlatformAdmin
from billing.admin.roles import Right, rights_of
from billing.admin.screens.documents import Page


class Unlock(PageAction):
    name = "unlock"
    title = _("Unlock")
    right = Right.MANAGE_STAFF
    icon = "lock_open"
    confirm = _("Forget these wrong passwords")
    in_bulk = True

    def consequences(self, row: AccessAttempt) -> Sequence[Text]:
        return [
            _("This person can try again at once, from this address."),
            _("Make sure that it is really they who ask: somebody may be guessing their password."),
        ]

    def run(self, row: AccessAttempt, *, values: Mapping[str, Any], doer: Doer) -> str:
        AccessAttempt.objects.filter(username=row.username, ip_address=row.ip_address).delete()
        return gettext_now("%(name)s is unlocked.") % {"name": row.username}


class AccessAttemptAdmin(PlatformAdmin):
    """Kept for as long as they count."""

    page_actions = (Unlock(),)
    search = Search(numbers=("username",), names=("ip_address",))
    list_display = ("username_shown", "address", "failures", "when", "state")
    ordering = ("-attempt_time",)
    fields: ClassVar[Any] = ("username_shown", "address", "device", "failures", "when", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessAttempt]:
        """Attempts belong to no merchant: whoever is not the platform has none."""
        rows: QuerySet[AccessAttempt] = AccessAttempt.objects.order_by(*self.ordering)
        return rows if rights_of(request).is_platform else rows.none()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            # The package's own name of it is in English, with its time in UTC.
            found.office_title = f"{found.username} · {found.ip_address}"
        return found

    def merchant_id_of(self, obj: Any) -> int | None:
        return None

    def page_of(self, row: Any) -> str:
        """Its list: what was unlocked has no page any more."""
        return self.list_url()

    def page(self, request: HttpRequest, row: Any) -> Page:
        return Page()

    @display(description=_("username"), ordering="username")
    def username_shown(self, obj: AccessAttempt) -> SafeString:
        return isolated(obj.username or "")

    @display(description=_("address"), ordering="ip_address")
    def address(self, obj: AccessAttempt) -> SafeString:
        return latin(obj.ip_address or "")

    @display(description=_("device"))
    def device(self, obj: AccessAttempt) -> SafeString:
        return isolated(device_name(obj.user_agent))

    @display(description=_("wrong passwords"), ordering="failures_since_start")
    def failures(self, obj: AccessAttempt) -> int:
        count: int = obj.failures_since_start
        return count

    @display(description=_("last one"), ordering="attempt_time")
    def when(self, obj: AccessAttempt) -> SafeString:
        return instant(obj.attempt_time)

    @display(description=_("state"))
    def state(self, obj: AccessAttempt) -> SafeString:
        if timezone.now() - obj.attempt_time >= settings.AXES_COOLOFF_TIME:
            return label(_("Forgotten"))
        is_locked = obj.failures_since_start >= settings.AXES_FAILURE_LIMIT
        return label(_("Locked"), "danger") if is_locked else label(_("Counting"), "warning")


admin.site.register(AccessAttempt, AccessAttemptAdmin)
