"""What a merchant is connected to, and whether it works: one look, and the way to each screen."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import label
from billing.admin.documents import Column, Section
from billing.models import Merchant


def connections_section(merchant: Merchant, *, now: datetime) -> Section:
    return Section(
        title=_("Connections"),
        columns=[Column(title=_("What")), Column(title=_("State"))],
        rows=[
            (_screen(merchant, "invoices_gatewayaccount", _("Gateway account")), _gateway(merchant)),
            (_screen(merchant, "billing_apikey", _("API keys")), _api_keys(merchant, now)),
            (_screen(merchant, "billing_webhookendpoint", _("Webhooks")), _webhooks(merchant)),
        ],
    )


def _screen(merchant: Merchant, name: str, title: str) -> SafeString:
    url = f"{reverse(f'admin:{name}_changelist')}?merchant={merchant.pk}"
    return format_html('<a class="office-link" href="{}">{}</a>', url, title)


def _gateway(merchant: Merchant) -> SafeString:
    account = merchant.gateway_accounts.current().without_secrets().first()
    if account is None:
        return label(_("None: nothing can be sent"), "danger")
    return label(_("Parked"), "danger") if account.parked_at else label(_("In use"), "success")


def _api_keys(merchant: Merchant, now: datetime) -> SafeString:
    live = merchant.api_keys.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None).count()
    return label(ngettext("%(count)s works", "%(count)s work", live) % {"count": live}, "success" if live else "")


def _webhooks(merchant: Merchant) -> SafeString:
    endpoints = list(merchant.webhook_endpoints.filter(removed_at=None))
    off = sum(endpoint.disabled_at is not None for endpoint in endpoints)
    if off:
        return label(
            ngettext("%(count)s is switched off", "%(count)s are switched off", off) % {"count": off}, "danger"
        )
    count = len(endpoints)
    return label(ngettext("%(count)s is there", "%(count)s are there", count) % {"count": count})
