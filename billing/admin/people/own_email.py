"""A person's own e-mail address: where a new password is sent, so changing it takes the present one."""

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

from billing.admin.page_actions import Doer
from billing.admin.people.way_in_log import record_for_person


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


@sensitive_post_parameters("password")
def own_email_view(request: HttpRequest) -> HttpResponse:
    form = OwnEmailForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        doer = Doer.of(request)
        with transaction.atomic():
            doer.user.email = form.cleaned_data["email"]
            doer.user.save(update_fields=["email"])
            record_for_person(doer.user, "email_changed", actor=doer.actor)
        messages.success(request, gettext_now("Your e-mail address is changed."))
        return HttpResponseRedirect(reverse("admin:account"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext_now("Your e-mail address"),
        "action": {"title": gettext_now("Your e-mail address"), "confirm": gettext_now("Save")},
        "consequences": [gettext_now("Links for a new password and news about your account go to this address.")],
        "form": form,
        "back": reverse("admin:account"),
    }
    return TemplateResponse(request, "admin/office/confirm.html", context)
