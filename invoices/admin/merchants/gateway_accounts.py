"""A merchant's account at the gateway."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import copyable, instant, isolated, label, latin
from billing.admin.lists.filters import MerchantFilter, present_filter
from billing.admin.merchants.settings_log import record_settings_change
from billing.admin.page_actions import Doer
from billing.admin.roles import Right, staff_of
from billing.admin.screens.documents import Notice, Page, Section
from billing.admin.screens.settings_forms import SettingsAdmin
from billing.fields import unreadable_secrets
from billing.models import Event
from invoices.admin.merchants.gateway_account_actions import RenewLostKeys, Replace, TestConnection, Unpark
from invoices.admin.merchants.gateway_account_form import ADDRESSES, GatewayAccountForm
from invoices.gateway_sentences import gateway_words
from invoices.models import GatewayAccount
from invoices.models.gateway_account import SECRETS
from invoices.services.account_setup import open_account
from invoices.services.closed_account_keys import has_lost_keys
from invoices.services.gateways import KeysUnreadable
from invoices.services.orders import return_url, webhook_url

_LOCKED = _(
    "Invoices belong to this account, so its address, code and keys stay as they are. "
    "If the gateway refuses the keys they can be put right here; for another account replace this one."
)
_LOST = _(
    "This account is closed and its keys are lost or refused, so its open invoices cannot be asked about, cancelled or "
    "settled. Enter the keys of this same account again."
)
# What lists are called where they are only read.
_SHOWN = {"link_hosts": "link_hosts_shown", "pay_types": "pay_types_shown"}
_IDENTITY = (*ADDRESSES, "merchant_code", "currency")


class GatewayAccountAdmin(SettingsAdmin):
    """
    Which account it is can change until it has invoices, which belong to it for ever: then it is replaced.

    Its keys too, but they open again while the gateway refuses them, or nobody can read them, so that they can be put
    right.
    """

    see_right = Right.SEE_SETUP
    change_right = Right.MANAGE_GATEWAY
    add_right = Right.MANAGE_GATEWAY
    form = GatewayAccountForm
    page_actions = (RenewLostKeys(), Unpark(), TestConnection(), Replace())
    list_display = ("code", "merchant_shown", "address", "currency", "state", "created")
    list_select_related = ("merchant",)
    list_filter = (
        MerchantFilter,
        present_filter("parked_at", "parked", _("parked")),
        present_filter("replaced_at", "replaced", _("closed")),
    )
    ordering = ("-id",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("merchant", *_IDENTITY)}),
        (_("Keys of the account"), {"fields": SECRETS[:3]}),
        (_("Panel login, where the gateway asks for one"), {"fields": ("login_username", "login_password")}),
        (
            _("How this gateway wants it"),
            {
                "fields": (
                    "link_hosts",
                    "pay_types",
                    "pay_types_as_array",
                    "country_code_with_plus",
                    "sends_webhook_url",
                    "puts_page_in_description",
                    "can_enquire",
                    "concurrency_limit",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        own = ("merchant_shown", *_SHOWN.values())
        return (*own, *_IDENTITY) if obj.invoices.exists() else own

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the keys where they cannot be changed: there is nothing to show of them."""
        merchant = "merchant" if obj is None else "merchant_shown"
        first = (None, {"fields": (merchant, *_IDENTITY)})
        keys = self.fieldsets[1:3] if self._may_change_keys(request, obj) else ()
        title, options = self.fieldsets[3]
        if obj is not None and not self.has_change_permission(request, obj):
            options = {"fields": tuple(_SHOWN.get(name, name) for name in options["fields"])}
        return (first, *keys, (title, options))

    def _may_change_keys(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None:
            return True
        is_open = obj.parked_at is not None or not obj.invoices.exists() or bool(unreadable_secrets(obj))
        return is_open and self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_closed = obj is not None and obj.replaced_at is not None
        return not is_closed and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            doer = Doer.of(request)
            open_account(account=obj, allow_private=settings.GATEWAY_ALLOW_PRIVATE, actor=doer.actor, now=doer.now)
            return
        self.save_changes(obj, form)
        record_settings_change(
            merchant_id=obj.merchant_id,
            subject=Event.Subject.GATEWAY_ACCOUNT,
            subject_id=obj.pk,
            user_id=staff_of(request).pk,
            fields=form.changed_data,
        )

    def page(self, request: HttpRequest, row: GatewayAccount) -> Page:
        return Page(
            notices=_notices(row),
            sections=[
                Section(title=_("Return address, for the gateway's panel"), content=copyable(return_url(row.merchant))),
                Section(
                    title=_("Webhook address, for the gateway's panel"), content=copyable(webhook_url(row.merchant))
                ),
            ],
            subjects=[(Event.Subject.GATEWAY_ACCOUNT, [row.pk])],
        )

    @display(description=_("hosts of payment links"))
    def link_hosts_shown(self, obj: GatewayAccount) -> SafeString:
        return latin(", ".join(obj.link_hosts)) if obj.link_hosts else isolated(_("None"))

    @display(description=_("payment types"))
    def pay_types_shown(self, obj: GatewayAccount) -> SafeString:
        return latin(", ".join(obj.pay_types)) if obj.pay_types else isolated(_("None: the gateway's own choice"))

    @display(description=_("merchant code"), ordering="merchant_code")
    def code(self, obj: GatewayAccount) -> SafeString:
        return latin(obj.merchant_code)

    @display(description=_("address"))
    def address(self, obj: GatewayAccount) -> SafeString:
        return latin(obj.base_url)

    @display(description=_("state"))
    def state(self, obj: GatewayAccount) -> SafeString:
        if obj.replaced_at:
            return label(_("Closed"))
        return label(_("Parked"), "danger") if obj.parked_at else label(_("In use"), "success")

    @display(description=_("created"), ordering="id")
    def created(self, obj: GatewayAccount) -> SafeString:
        return instant(obj.created_at)


def _notices(account: GatewayAccount) -> list[Notice]:
    notices = []
    if account.replaced_at:
        closed = _("This account is closed. Invoices sent through it are still asked about.")
        notices.append(Notice(text=_LOST, colour="danger") if has_lost_keys(account) else Notice(text=closed))
    elif unreadable_secrets(account):
        notices.append(Notice(text=gettext_now(KeysUnreadable.message), colour="danger"))
    elif account.parked_at:
        notices.append(Notice(text=isolated(gateway_words(account.parked_reason) or _("Parked")), colour="danger"))
    elif account.invoices.exists():
        notices.append(Notice(text=_LOCKED, colour="info"))
    if account.currency != account.merchant.currency:
        notices.append(
            Notice(text=_("Its currency is not the merchant's: nothing can be sent through it."), colour="danger")
        )
    return notices


admin.site.register(GatewayAccount, GatewayAccountAdmin)
