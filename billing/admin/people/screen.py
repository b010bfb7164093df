"""The people of the office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.access.email_changes import waiting_email_change
from billing.access.members import record_membership
from billing.admin.cells import instant, label, link
from billing.admin.lists.searching import Search
from billing.admin.page_actions import Doer, explain
from billing.admin.people.account import follow_new_password
from billing.admin.people.forms import ChangePersonForm, NewPersonForm, PasswordForm
from billing.admin.people.listing import ActiveFilter, PersonCells, RoleFilter, with_roles
from billing.admin.people.own_email import want_email
from billing.admin.people.person_actions import ResetSecondFactor, SignOut
from billing.admin.roles import Right, rights_of
from billing.admin.screens.documents import Column, Notice, Page, PagedAdmin, Section
from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Membership, Merchant, User
from billing.tenancy import rows_of

_OWN = ("username", "first_name", "last_name", "email", "is_active")
_PLATFORMS = ("is_staff", "is_superuser")
_SEEN = ("last_login_shown", "joined")


class UserAdmin(PersonCells, PagedAdmin, DjangoUserAdmin):  # type: ignore[type-arg, misc]  # two bases that know Django apart
    """
    Platform administrators manage everybody. Owners manage the people who work for nobody else.

    Somebody who also works for another merchant is not an owner's to rename, lock out or give a new password.
    """

    see_right = Right.SEE_SETUP
    change_right = Right.MANAGE_STAFF
    add_right = Right.MANAGE_STAFF
    search = Search(numbers=("username",), names=("first_name", "last_name", "email"))
    page_actions = (ResetSecondFactor(), SignOut())
    form = ChangePersonForm
    add_form = NewPersonForm
    change_password_form = PasswordForm
    list_display = ("username", "full_name", "email", "roles", "factor", "activity", "last_login_shown")
    list_filter = (RoleFilter, ActiveFilter)
    filter_horizontal = ()
    ordering = ("username",)
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "password1", "password2")}),
        (_("Works for"), {"fields": ("merchant", "role")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people = with_roles(request, User.objects.order_by("username"))
        rights = rights_of(request)
        if rights.is_platform:
            return people
        mine = Q(memberships__merchant_id__in=rights.merchant_ids(self.see_right))
        return people.filter(mine, is_superuser=False).distinct()

    def merchant_id_of(self, obj: Any) -> int | None:
        return None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.see_right)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        rights = rights_of(request)
        if obj is None or rights.is_platform:
            return self.allows(request, self.change_right)
        return not obj.is_superuser and self._works_only_for(obj, rights.merchant_ids(Right.MANAGE_STAFF))

    def allows(self, request: HttpRequest, right: Right | None, obj: Any = None) -> bool:
        """Acts on a person are open to whoever may change them."""
        if isinstance(obj, User) and right is self.change_right:
            return self.has_change_permission(request, obj)
        return super().allows(request, right, obj)

    def _works_only_for(self, person: User, merchant_ids: list[int]) -> bool:
        theirs = set(person.memberships.values_list("merchant_id", flat=True))
        return bool(theirs) and theirs <= set(merchant_ids)

    def related_rows(self, request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
        return super().related_rows(request, model) if model is Merchant else model._default_manager.none()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        platform = _PLATFORMS if rights_of(request).is_platform else ()
        is_others = obj.pk != request.user.pk and self.has_change_permission(request, obj)
        password = ("new_password",) if is_others else ()
        return ((None, {"fields": (*_OWN, *password, *platform, *_SEEN)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody shuts the door behind themselves. One's own address is changed on "Your account", by password."""
        is_oneself = obj is not None and obj.pk == request.user.pk
        own = ("new_password", *_SEEN)
        return (*own, "email", "is_active", *_PLATFORMS) if is_oneself else own

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if request.method == "POST" and answer.status_code == 302:
                follow_new_password(request, User.objects.get(pk=unquote(id)))
        return answer

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        return form if obj is not None else form.for_request(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        email = self._keep_email(obj, form) if change else ""
        super().save_model(request, obj, form, change)
        if email:
            self._want_email(request, obj, email)
        membership = None if change else form.make_membership(obj)
        if membership is not None:
            record_membership(membership, "member_added", actor=Doer.of(request).actor)

    def _keep_email(self, person: User, form: Any) -> str:
        """The new address, which is not used before it is confirmed; to take one away needs nobody's word."""
        wanted = person.email if "email" in form.changed_data else ""
        if wanted:
            person.email = form.initial["email"]
        return wanted

    def _want_email(self, request: HttpRequest, person: User, email: str) -> None:
        try:
            want_email(request, person, email)
        except DomainError as refusal:
            messages.error(request, explain(refusal))

    def page(self, request: HttpRequest, row: User) -> Page:
        memberships = rows_of(request.user, row.memberships.select_related("merchant").order_by("merchant__username"))
        rights = rights_of(request)
        rows = [
            (each.merchant, _role_of(each, may_change=may_change), instant(each.created_at))
            for each in memberships
            for may_change in [rights.allow(Right.MANAGE_STAFF, each.merchant_id) and row.pk != request.user.pk]
        ]
        columns = (Column(title=_("Merchant")), Column(title=_("Role")), Column(title=_("Since")))
        empty = _("Works for no merchant yet.")
        notices = []
        if waiting := waiting_email_change(row, now=database_now()):
            text = gettext_now("The new e-mail address %(email)s waits for this person to open the link sent to it.")
            notices.append(Notice(text=text % {"email": waiting.email}, colour="info"))
        return Page(notices=notices, sections=[Section(title=_("Works for"), columns=columns, rows=rows, empty=empty)])


def _role_of(membership: Membership, *, may_change: bool) -> SafeString:
    role = label(membership.get_role_display())
    return format_html("{} {}", role, link(membership, gettext_now("Change"))) if may_change else role


# Whoever signs in sees to their own codes; nobody else has business with them, nor with permissions by row.
admin.site.unregister([Group, StaticDevice, TOTPDevice])
admin.site.register(User, UserAdmin)
