"""What the list of people says of each: the roles the reader may know of, the second factor; and how it is narrowed."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.admin import display
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.admin.cells import NOTHING, instant, isolated, label
from billing.admin.lists.offered import OfferedFilter
from billing.models import Membership, Role, User
from billing.tenancy import rows_of

_YES: Final = "yes"


class RoleFilter(OfferedFilter):
    """By a role at one of the reader's own merchants: what somebody is elsewhere is not told."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() is None:
            return queryset
        roles = rows_of(request.user, Membership.objects.filter(role=self.value()))
        return queryset.filter(pk__in=roles.values("user"))


class ActiveFilter(OfferedFilter):
    title = _("active")
    parameter_name = "active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(_YES, _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(is_active=self.value() == _YES) if self.value() else queryset


def with_roles(request: HttpRequest, people: QuerySet[User]) -> QuerySet[User]:
    """The people with what `PersonCells` shows, in one more query."""
    mine = rows_of(request.user, Membership.objects.select_related("merchant").order_by("merchant__username"))
    phones = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    roles: Prefetch[Any, Any, Any] = Prefetch("memberships", queryset=mine, to_attr="roles_here")
    return people.annotate(has_phone=Exists(phones)).prefetch_related(roles)


class PersonCells:
    """What is shown of a person, in the list and on their page."""

    @display(description=_("name"))
    def full_name(self, obj: User) -> str:
        return obj.get_full_name() or "—"

    @display(description=_("role"))
    def roles(self, obj: User) -> SafeString:
        """With the merchant where there are several."""
        memberships: list[Membership] = obj.roles_here  # type: ignore[attr-defined]
        if len(memberships) < 2:
            return format_html("{}", label(memberships[0].get_role_display()) if memberships else NOTHING)
        lines = ((label(each.get_role_display()), isolated(each.merchant)) for each in memberships)
        return format_html_join(" ", "<span>{} {}</span>", lines)

    @display(description=_("second factor"))
    def factor(self, obj: User) -> SafeString:
        is_set = obj.has_phone  # type: ignore[attr-defined]
        return label(_("Yes"), "success") if is_set else label(_("No"), "warning")

    @display(description=_("Password"))
    def new_password(self, obj: User) -> SafeString:
        url = reverse("admin:auth_user_password_change", args=[obj.pk])
        return format_html('<a class="office-button" href="{}">{}</a>', url, gettext_now("Set a new password"))

    @display(description=_("active"), ordering="is_active")
    def activity(self, obj: User) -> SafeString:
        return label(_("Active"), "success") if obj.is_active else label(_("Inactive"), "danger")

    @display(description=_("last sign-in"), ordering="last_login")
    def last_login_shown(self, obj: User) -> SafeString:
        return instant(obj.last_login)

    @display(description=_("joined"))
    def joined(self, obj: User) -> SafeString:
        return instant(obj.date_joined)
