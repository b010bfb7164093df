"""Signing in with a name and a password."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm


class SignInForm(AuthenticationForm):  # type: ignore[misc]  # the library has no types
    """One sentence for whatever does not fit, so that nobody learns which of the two it was."""

    error_messages: ClassVar[Any] = {
        **AuthenticationForm.error_messages,
        "invalid_login": _(
            "This name and password do not belong together. Look at both again, and at the language of the keyboard."
        ),
    }
