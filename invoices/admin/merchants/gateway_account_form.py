"""The form of a gateway account. Secrets go in and never come out."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget

from billing.admin.page_actions import explain
from billing.admin.screens.shown_values import SettingsForm
from billing.fields import unreadable_secrets
from invoices.models import GatewayAccount
from invoices.models.gateway_account import SECRETS
from invoices.services.account_setup import GatewayAccountInvalid, check_account

ADDRESSES: Final = ("base_url", "payment_base_url")
LISTS: Final = ("link_hosts", "pay_types")
_MOST_ENTRIES: Final = 20


class LinesField(forms.CharField):
    """A list of short texts, one on each line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "ltr"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(entry) for entry in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()][:_MOST_ENTRIES]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))

    def run_validators(self, value: Any) -> None:
        return None


def secret_field(label: Any, *, required: bool) -> forms.CharField:
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "dir": "ltr"}, render_value=False)
    return forms.CharField(label=label, required=required, max_length=200, widget=widget)


class LostKeysForm(forms.Form):
    """The codes of a closed account, once more: those that cannot be read are all needed."""

    access_code = secret_field(_("Access code"), required=True)
    secret_key = secret_field(_("Secret key"), required=True)
    iv_key = secret_field(_("IV key"), required=True)
    login_password = secret_field(_("Panel password"), required=False)

    def __init__(self, *args: Any, account: GatewayAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["login_password"].required = is_lost = "login_password" in unreadable_secrets(account)
        if not account.login_username and not is_lost:
            del self.fields["login_password"]

    def clean(self) -> dict[str, Any]:
        """Refuse here what could not even be tested."""
        values = super().clean() or {}
        if not self.errors:
            probe = copy(self.account)
            for name in filter(values.get, values):
                setattr(probe, name, values[name])
            try:
                check_account(probe, allow_private=settings.GATEWAY_ALLOW_PRIVATE)
            except GatewayAccountInvalid as problem:
                self.add_error(None, explain(problem))
        return values


class GatewayAccountForm(SettingsForm):
    """
    An empty secret keeps the stored one; no stored secret is ever part of the form.

    One that no key opens any more has to be entered again.
    """

    access_code = secret_field(_("Access code"), required=True)
    secret_key = secret_field(_("Secret key"), required=True)
    iv_key = secret_field(_("IV key"), required=True)
    login_password = secret_field(_("Panel password"), required=False)
    link_hosts = LinesField(
        label=_("Hosts of payment links"),
        required=False,
        help_text=_("One on each line, besides the two addresses above; *.example.com covers subdomains."),
    )
    pay_types = LinesField(
        label=_("Payment types"), required=False, help_text=_("One on each line. Empty: the gateway's own choice.")
    )

    class Meta:
        model = GatewayAccount
        fields: ClassVar[Any] = "__all__"
        # They go in through `clean`, and nothing reads them into the form.
        exclude: ClassVar[Any] = SECRETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self._meta.fields or SECRETS
        for name in SECRETS:
            if name not in offered:
                del self.fields[name]
            elif self.instance.pk is not None:
                self._keep_stored(name)

    def _keep_stored(self, name: str) -> None:
        field, is_lost = self.fields[name], name in unreadable_secrets(self.instance)
        field.required = is_lost
        kept, lost = _("Leave empty to keep the stored one."), _("The stored one cannot be read: enter it again.")
        field.help_text = lost if is_lost else kept

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in SECRETS:
            if entered := values.pop(name, ""):
                setattr(self.instance, name, entered)
        if not self.errors:
            self._check(values)
        return values

    def _check(self, values: dict[str, Any]) -> None:
        """Refuse here what would stop the account at its first call."""
        probe = copy(self.instance)
        for name, value in values.items():
            setattr(probe, name, value)
        if self.instance.pk is None and probe.merchant.gateway_accounts.current().exists():
            self.add_error("merchant", gettext_now("This merchant has a gateway account. Replace that one first."))
            return
        try:
            check_account(probe, allow_private=settings.GATEWAY_ALLOW_PRIVATE)
        except GatewayAccountInvalid as problem:
            self.add_error(None, explain(problem))
