"""What owners do to a gateway account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from invoices.admin.merchants.gateway_account_form import LostKeysForm
from invoices.models import GatewayAccount
from invoices.services.accounts import replace_account, unpark_account
from invoices.services.closed_account_keys import has_lost_keys, renew_lost_keys
from invoices.services.connection_tests import check_connection


class Unpark(PageAction):
    name = "unpark"
    title = _("Call it again")
    right = Right.MANAGE_GATEWAY
    icon = "play_arrow"
    variant = ActionVariant.PRIMARY
    confirm = _("The credentials are right: call it again")

    def is_offered(self, row: GatewayAccount) -> bool:
        return row.parked_at is not None

    def consequences(self, row: GatewayAccount) -> Sequence[Text]:
        return [
            _("The gateway refused this account's credentials. Put them right first, or calls stop again."),
            _("Invoices that wait are sent within a minute."),
        ]

    def run(self, row: GatewayAccount, *, values: Mapping[str, Any], doer: Doer) -> str:
        unpark_account(merchant_id=row.merchant_id, account_id=row.pk, actor=doer.actor)
        return gettext_now("The gateway account is called again.")


class TestConnection(PageAction):
    name = "test-connection"
    title = _("Test the connection")
    right = Right.MANAGE_GATEWAY
    icon = "network_check"
    confirm = _("Test it now")

    def is_offered(self, row: GatewayAccount) -> bool:
        return row.replaced_at is None and row.can_enquire

    def consequences(self, row: GatewayAccount) -> Sequence[Text]:
        return [
            _("The gateway is asked, with the stored keys, about an invoice that does not exist."),
            _("Nothing is sent to any customer and nothing changes at the gateway."),
            _("The answer takes some seconds; a gateway that is down takes up to %(seconds)s.")
            % {"seconds": f"{settings.GATEWAY_DEADLINE:g}"},
        ]

    def run(self, row: GatewayAccount, *, values: Mapping[str, Any], doer: Doer) -> str:
        check_connection(merchant_id=row.merchant_id, account_id=row.pk, actor=doer.actor, now=doer.now)
        if row.parked_at is not None:
            return gettext_now('The gateway accepts this account now. Choose "Call it again" to go on sending.')
        return gettext_now("The gateway answers and accepts this account. Invoices can be sent.")


class RenewLostKeys(PageAction):
    name = "renew-keys"
    title = _("Enter lost keys again")
    right = Right.MANAGE_GATEWAY
    icon = "key"
    variant = ActionVariant.PRIMARY
    confirm = _("Test and store them")

    def is_offered(self, row: GatewayAccount) -> bool:
        return has_lost_keys(row)

    def consequences(self, row: GatewayAccount) -> Sequence[Text]:
        return [
            _("The gateway is asked, with these keys, about an invoice that was sent through this account."),
            _("They are stored only if it knows that invoice: keys of another account are refused."),
            _("Its open invoices are asked about, cancelled and settled again. Nothing new is sent through it."),
        ]

    def form(self, row: GatewayAccount, data: Mapping[str, Any] | None) -> forms.Form:
        return LostKeysForm(data, account=row)

    def run(self, row: GatewayAccount, *, values: Mapping[str, Any], doer: Doer) -> str:
        renew_lost_keys(merchant_id=row.merchant_id, account_id=row.pk, keys=values, actor=doer.actor, now=doer.now)
        return gettext_now("The keys are this account's and are stored. Its open invoices are asked about again.")


class Replace(PageAction):
    name = "replace"
    title = _("Replace account")
    right = Right.MANAGE_GATEWAY
    icon = "swap_horiz"
    variant = ActionVariant.DANGER
    confirm = _("Close this account")
    is_rare = True

    def is_offered(self, row: GatewayAccount) -> bool:
        return row.replaced_at is None

    def consequences(self, row: GatewayAccount) -> Sequence[Text]:
        return [
            _("Nothing new is sent until you add the merchant's next account."),
            _("Invoices sent through this one stay with it and are still asked about."),
            _("Invoices that were never sent go out through the next account."),
            _("A closed account cannot be opened again."),
        ]

    def run(self, row: GatewayAccount, *, values: Mapping[str, Any], doer: Doer) -> str:
        replace_account(merchant_id=row.merchant_id, account_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("The account is closed. Add the next one now.")
