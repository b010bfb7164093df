"""A person's own e-mail address: links for new passwords go to it, so it changes by the present one and a letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget

from billing.access.email_changes import ask_email_change
from billing.admin.page_actions import Doer, explain
from billing.admin.people.way_in_log import record_for_person
from billing.errors import DomainError
from billing.models import User


class OwnEmailForm(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Wrong ones count as they do at the door."""
        password: str = self.cleaned_data["password"]
        username = self.request.user.get_username()
        if authenticate(self.request, username=username, password=password) != self.request.user:
            raise forms.ValidationError(gettext_now("This is not your password."))
        return password


def want_email(request: HttpRequest, person: User, email: str) -> None:
    """
    Have the letters sent, and say so.

    :raises DomainError: it cannot be asked for
    """
    doer = Doer.of(request)
    with transaction.atomic():
        ask_email_change(person=person, email=email, now=doer.now)
        record_for_person(person, "email_change_asked", actor=doer.actor)
    text = gettext_now("A letter goes to %(email)s. The address is used once the link in it is opened.")
    messages.info(request, text % {"email": email})


@sensitive_post_parameters("password")
def own_email_view(request: HttpRequest) -> HttpResponse:
    doer = Doer.of(request)
    form = OwnEmailForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        try:
            want_email(request, doer.user, form.cleaned_data["email"])
        except DomainError as refusal:
            form.add_error("email", explain(refusal))
        else:
            return HttpResponseRedirect(reverse("admin:account"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext_now("Your e-mail address"),
        "action": {"title": gettext_now("Your e-mail address"), "confirm": gettext_now("Send the letter")},
        "consequences": [
            gettext_now("Links for a new password and news about your account go to this address."),
            gettext_now("It is used once you have opened the link that we send to it. The old address is told."),
        ],
        "form": form,
        "back": reverse("admin:account"),
    }
    return TemplateResponse(request, "admin/office/confirm.html", context)
