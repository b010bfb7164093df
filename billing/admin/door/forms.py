"""What is typed at the door: codes, addresses, a new person's name and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _
from unfold.forms import UserCreationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from billing.models import User

_CODE = {"autocomplete": "one-time-code", "autofocus": True, "dir": "ltr", "spellcheck": "false"}


class CodeForm(forms.Form):
    """A code of the phone."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs=_CODE | {"inputmode": "numeric"}),
    )


class PaperCodeForm(forms.Form):
    """One of the codes on paper."""

    code = forms.CharField(
        label=_("Backup code"), max_length=40, widget=UnfoldAdminTextInputWidget(attrs=_CODE | {"autocomplete": "off"})
    )


class NewPhoneForm(CodeForm):
    """For somebody who has a second factor already: a stolen session must not be enough to put another in its place."""

    present_code = forms.CharField(
        label=_("Code of the phone you use now, or a backup code"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )
    field_order = ("present_code", "code")


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email", "autofocus": True, "dir": "ltr"}),
    )


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "dir": "ltr"})


class NewcomerForm(UserCreationForm):
    """The invited person names themselves; address and role come from the invitation."""

    first_name = forms.CharField(label=_("First name"), max_length=150, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "username")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)  # Django offers a person without one, whom nobody needs here
        self.fields["username"].widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "username", "dir": "ltr"})
        for name in ("password1", "password2"):
            self.fields[name].required = True
