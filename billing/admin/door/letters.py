"""What the links in our letters open: a new password, and an invitation."""

from __future__ import annotations

from typing import Any, Final

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from billing.access.invitations import InvitationClosed, accept_invitation, find_invitation
from billing.access.letters import ask_for_new_password
from billing.access.sessions import end_sessions
from billing.admin.door.forms import ChoosePasswordForm, ForgottenForm, NewcomerForm
from billing.admin.door.pages import door_page
from billing.admin.page_actions import explain
from billing.admin.people.way_in_log import record_for_person
from billing.client_networks import client_network
from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Invitation, User

_GONE: Final = 410


@never_cache
def forgotten_view(request: HttpRequest) -> HttpResponse:
    """One answer for every address, whoever it belongs to and however often it was asked for."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return door_page(
            request,
            title=_("A new password"),
            sentences=[_("Type the e-mail address that the office knows you by. We send a link to it.")],
            form=form,
            button=_("Send the link"),
        )
    ask_for_new_password(email=form.cleaned_data["email"], network=client_network(request), now=database_now())
    return door_page(
        request,
        title=_("Look into your mailbox"),
        sentences=[
            _("If this address belongs to somebody here, a link is on its way to it."),
            _("Nothing after some minutes? Look among the unwanted mail, or ask the owner of your office."),
        ],
    )


class NewPasswordView(PasswordResetConfirmView):
    """Django's own check of the link: the token goes into the session and out of the address at once."""

    form_class = ChoosePasswordForm
    template_name = "admin/office/door_new_password.html"
    success_url = reverse_lazy("admin:login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": _("Choose a new password"), "button": _("Save the password")}
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs), **own}

    def form_valid(self, form: Any) -> HttpResponse:
        """Whoever was in with the old password is out, and whoever mistyped it too often may try again."""
        person: User = form.user
        with transaction.atomic():
            answer = super().form_valid(form)
            end_sessions(user=person, now=database_now())
            AccessAttempt.objects.filter(username=person.username).delete()
            record_for_person(person, "password_reset", actor=f"user:{person.pk}")
        messages.success(self.request, _("Your new password is set. Sign in with it."))
        return answer


@sensitive_post_parameters()
@never_cache
def invitation_view(request: HttpRequest, token: str) -> HttpResponse:
    """A newcomer makes their account; somebody who has one accepts with it."""
    try:
        invitation = find_invitation(token, now=database_now())
        person = User.objects.filter(email__iexact=invitation.email, is_active=True, is_staff=True).first()
        return _welcome_newcomer(request, invitation) if person is None else _welcome(request, invitation)
    except InvitationClosed as failure:
        return door_page(request, title=_("This invitation is closed"), sentences=[explain(failure)], status=_GONE)


def _welcome_newcomer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = NewcomerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            form.instance.email, form.instance.is_staff = invitation.email, True
            form.instance.language = invitation.language
            person: User = form.save()
            _accept(invitation, person)
        messages.success(request, _("Welcome. Sign in with the name and password you have just chosen."))
        return HttpResponseRedirect(reverse("admin:login"))
    return _invitation_page(request, invitation, form=form, button=_("Begin"))


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Only as the person with this address: whoever else holds the letter cannot lend it to their own account."""
    if not (admin.site.has_permission(request) and request.user.email.lower() == invitation.email):  # type: ignore[union-attr]
        sentence = _("An account with the address %(email)s exists. Sign in with it, then open this link again.")
        return _invitation_page(request, invitation, more=sentence % {"email": invitation.email})
    if request.method != "POST":
        return _invitation_page(request, invitation, button=_("Accept"))
    assert isinstance(request.user, User)
    try:
        _accept(invitation, request.user)
    except DomainError as failure:
        messages.error(request, explain(failure))
    else:
        messages.success(request, _("You work for one more merchant now."))
    return HttpResponseRedirect(reverse("admin:index"))


def _accept(invitation: Invitation, person: User) -> None:
    accept_invitation(
        merchant_id=invitation.merchant_id, invitation_id=invitation.pk, person=person, now=database_now()
    )


def _invitation_page(
    request: HttpRequest, invitation: Invitation, *, form: Any = None, button: str = "", more: str = ""
) -> HttpResponse:
    names = {
        "merchant": invitation.merchant.name_in(invitation.language),
        "role": invitation.get_role_display(),
        "email": invitation.email,
    }
    sentences = [_("%(merchant)s invites %(email)s to work here as: %(role)s.") % names, *filter(None, [more])]
    return door_page(request, title=_("Welcome"), sentences=sentences, form=form, button=button)
