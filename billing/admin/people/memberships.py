"""Who works for which merchant, and as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.access.members import LastOwner, record_membership, remove_member, require_another_owner
from billing.admin.cells import instant, isolated, label
from billing.admin.lists.filters import MerchantFilter, choice_filter
from billing.admin.lists.searching import Search
from billing.admin.page_actions import Doer, PageAction, Text, explain
from billing.admin.roles import ROLES_WITH, Right, rights_of
from billing.admin.screens.acting import ActingAdmin
from billing.models import Membership, Role, User


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk and role != Role.OWNER:
            try:
                require_another_owner(person=self.instance.user, merchant_ids=[self.instance.merchant_id])
            except LastOwner as refusal:
                raise forms.ValidationError(explain(refusal)) from None
        return role


class Remove(PageAction):
    name = "remove"
    title = _("Remove from this merchant")
    right = Right.MANAGE_STAFF
    icon = "person_remove"
    variant = ActionVariant.DANGER
    confirm = _("Remove this person")

    def consequences(self, row: Membership) -> Sequence[Text]:
        works_elsewhere = row.user.is_superuser or row.user.memberships.exclude(pk=row.pk).exists()
        sentences: list[Text] = [
            _("They see and do nothing for this merchant any more, from now on. What they did stays under their name."),
            _("They stay signed in for whatever else they work for.")
            if works_elsewhere
            else _("They are signed out everywhere: they work for nobody else."),
        ]
        if row.role in ROLES_WITH[Right.TAKE_PAYMENT]:
            sentences.append(_("A shift they have open stays open until an owner or a manager closes it."))
        return sentences

    def run(self, row: Membership, *, values: Mapping[str, Any], doer: Doer) -> str:
        remove_member(merchant_id=row.merchant_id, membership_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("%(name)s does not work for %(merchant)s any more.") % {
            "name": row.user.username,
            "merchant": row.merchant,
        }

    def lands_on(self, row: Membership, doer: Doer) -> str:
        return reverse("admin:billing_membership_changelist")


class MembershipAdmin(ActingAdmin):
    """
    Owners choose among the people they can see already; a person who is new is added under "People".

    Nobody changes or removes their own: an owner who could would lock everybody out.
    """

    see_right = Right.SEE_SETUP
    change_right = Right.MANAGE_STAFF
    add_right = Right.MANAGE_STAFF
    form = MembershipForm
    page_actions = (Remove(),)
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

    def allows(self, request: HttpRequest, right: Right | None, obj: Any = None) -> bool:
        is_own_role = right is Right.MANAGE_STAFF and self._is_own(request, obj)
        return super().allows(request, right, obj) and not is_own_role

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
        record_membership(obj, "member_changed" if change else "member_added", actor=Doer.of(request).actor)

    @display(description=_("person"), ordering="user__username")
    def user_shown(self, obj: Membership) -> SafeString:
        return isolated(obj.user.display_name)

    @display(description=_("role"), ordering="role")
    def role_shown(self, obj: Membership) -> SafeString:
        return label(obj.get_role_display())

    @display(description=_("since"), ordering="created_at")
    def since(self, obj: Membership) -> SafeString:
        return instant(obj.created_at if obj.pk else None)


admin.site.register(Membership, MembershipAdmin)
