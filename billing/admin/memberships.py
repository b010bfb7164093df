"""Who works for which merchant, and as what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, label
from billing.admin.filters import MerchantFilter, choice_filter
from billing.admin.roles import Right, rights_of, staff_of
from billing.admin.scoped import ScopedAdmin
from billing.admin.searching import Search
from billing.models import Event, Membership, Role, User
from billing.services import record_event


class MembershipAdmin(ScopedAdmin):
    """
    Owners choose among the people they can see already; a person who is new is added under "People".

    Nobody changes or removes their own: an owner who could would lock everybody out.
    """

    see_right = Right.SEE_SETUP
    change_right = Right.MANAGE_STAFF
    add_right = Right.MANAGE_STAFF
    search = Search(numbers=("user__username",), names=("user__first_name", "user__last_name"))
    list_display = ("user_shown", "merchant_shown", "role_shown", "since")
    list_select_related = ("user", "merchant")
    list_filter = (MerchantFilter, choice_filter("role", _("role"), Role))
    readonly_fields = ("since",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("since",) if obj is None else ("merchant_shown", "user_shown", "since")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        who = ("merchant", "user") if obj is None else ("merchant_shown", "user_shown")
        return (*who, "role", "since")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, Right.MANAGE_STAFF, obj) and not self._is_own(request, obj)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and obj.user_id == request.user.pk and not rights_of(request).is_platform

    def related_rows(self, request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
        if model is not User:
            return super().related_rows(request, model)
        people = User.objects.filter(is_staff=True).order_by("username")
        rights = rights_of(request)
        if rights.is_platform:
            return people
        mine = rights.merchant_ids(Right.MANAGE_STAFF)
        return people.filter(memberships__merchant_id__in=mine, is_superuser=False).distinct()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record_membership(obj, "member_changed" if change else "member_added", user_id=staff_of(request).pk)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record_membership(obj, "member_removed", user_id=staff_of(request).pk)
        super().delete_model(request, obj)

    @display(description=_("person"), ordering="user__username")
    def user_shown(self, obj: Membership) -> SafeString:
        return isolated(obj.user.get_full_name() or obj.user.username)

    @display(description=_("role"), ordering="role")
    def role_shown(self, obj: Membership) -> SafeString:
        return label(obj.get_role_display())

    @display(description=_("since"), ordering="created_at")
    def since(self, obj: Membership) -> SafeString:
        return instant(obj.created_at if obj.pk else None)


def record_membership(membership: Membership, name: str, *, user_id: int) -> None:
    record_event(
        merchant_id=membership.merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=membership.merchant_id,
        name=name,
        actor=f"user:{user_id}",
        person=membership.user.username,
        role=membership.role,
    )


admin.site.register(Membership, MembershipAdmin)
