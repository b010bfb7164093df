"""Invitations by e-mail: sent, sent again, revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget

from billing.access.invitations import invite, is_open, revoke_invitation, send_invitation_again
from billing.admin.cells import instant, isolated, label
from billing.admin.lists.filters import MerchantFilter
from billing.admin.lists.searching import Search
from billing.admin.merchant_field import MerchantField
from billing.admin.page_actions import Doer, PageAction, Text, explain
from billing.admin.roles import Right, merchants_where
from billing.admin.screens.documents import DocumentAdmin, Page
from billing.client_networks import client_network
from billing.errors import DomainError
from billing.models import Event, Invitation, Language, Role


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=UnfoldAdminEmailInputWidget)
    merchant = MerchantField()
    role = forms.ChoiceField(label=_("Role"), choices=[("", "—"), *Role.choices], widget=UnfoldAdminSelectWidget)
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=Language.choices, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["merchant"]
        assert isinstance(field, MerchantField)
        if only := field.offer(merchants_where(request, Right.MANAGE_STAFF)):
            self.initial = {"language": only.language}


class SendAgain(PageAction):
    name = "send-again"
    title = _("Send again")
    right = Right.MANAGE_STAFF
    icon = "forward_to_inbox"
    confirm = _("Send it again")

    def is_offered(self, row: Invitation) -> bool:
        return row.accepted_at is None and row.revoked_at is None

    def consequences(self, row: Invitation) -> Sequence[Text]:
        return [_("A new link goes out, good for three days. The one sent before stops working.")]

    def run(self, row: Invitation, *, values: Mapping[str, Any], doer: Doer) -> str:
        send_invitation_again(
            merchant_id=row.merchant_id, invitation_id=row.pk, network="", actor=doer.actor, now=doer.now
        )
        return gettext_now("A new letter to %(email)s is on its way.") % {"email": row.email}


class Revoke(PageAction):
    name = "revoke"
    title = _("Revoke")
    right = Right.MANAGE_STAFF
    icon = "cancel"
    variant = ActionVariant.DANGER
    confirm = _("Revoke this invitation")

    def is_offered(self, row: Invitation) -> bool:
        return row.accepted_at is None and row.revoked_at is None

    def consequences(self, row: Invitation) -> Sequence[Text]:
        return [_("The link in the letter opens nothing any more.")]

    def run(self, row: Invitation, *, values: Mapping[str, Any], doer: Doer) -> str:
        revoke_invitation(merchant_id=row.merchant_id, invitation_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("The invitation of %(email)s is revoked.") % {"email": row.email}


class InvitationAdmin(DocumentAdmin):
    see_right = Right.SEE_SETUP
    add_right = Right.MANAGE_STAFF
    search = Search(names=("email",))
    page_actions = (SendAgain(), Revoke())
    list_select_related = ("merchant", "accepted_by")
    list_display = ("address", "merchant_shown", "role_shown", "sent", "state")
    list_filter = (MerchantFilter,)
    ordering = ("-sent_at", "-id")
    fields: ClassVar[Any] = ("address", "merchant_shown", "role_shown", "sent", "state", "accepted_as")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None, request=request)
        if form.is_valid():
            doer = Doer.of(request)
            try:
                invitation = invite(
                    **form.cleaned_data, network=client_network(request), actor=doer.actor, now=doer.now
                )
            except DomainError as failure:
                form.add_error("email", explain(failure))
            else:
                text = gettext_now("A letter to %(email)s is on its way.") % {"email": invitation.email}
                self.message_user(request, text)
                return HttpResponseRedirect(self.list_url())
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "back": self.list_url()}
        return TemplateResponse(request, "admin/office/invite.html", context | {"title": _("Invite a person")})

    def page(self, request: HttpRequest, row: Invitation) -> Page:
        return Page(subjects=[(Event.Subject.MERCHANT, [row.merchant_id])], only=Q(details__invitation=row.pk))

    @display(description=_("e-mail"), ordering="email")
    def address(self, obj: Invitation) -> SafeString:
        return isolated(obj.email)

    @display(description=_("role"), ordering="role")
    def role_shown(self, obj: Invitation) -> SafeString:
        return label(obj.get_role_display())

    @display(description=_("sent"), ordering="sent_at")
    def sent(self, obj: Invitation) -> SafeString:
        return instant(obj.sent_at)

    @display(description=_("state"))
    def state(self, obj: Invitation) -> SafeString:
        if obj.accepted_at:
            return label(_("Accepted"), "success")
        if obj.revoked_at:
            return label(_("Revoked"), "danger")
        return label(_("Open"), "info") if is_open(obj, now=timezone.now()) else label(_("Too old"), "warning")

    @display(description=_("accepted by"))
    def accepted_as(self, obj: Invitation) -> SafeString:
        return isolated(obj.accepted_by.username if obj.accepted_by else "")


admin.site.register(Invitation, InvitationAdmin)
