"""What a merchant is connected to, whether it works and when it last did, and the way to each screen."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import above, instant, label
from billing.admin.screens.documents import Column, Section
from billing.admin.screens.timeline import WORDS
from billing.models import Event, Merchant
from invoices.models import GatewayAccount


def connections_section(merchant: Merchant, *, now: datetime, may_test: bool) -> Section:
    account = merchant.gateway_accounts.current().first()
    test = _test_button(account) if account is not None and account.can_enquire and may_test else ""
    return Section(
        title=_("Connections"),
        columns=[Column(title=_("What")), Column(title=_("State")), Column(title=_("Test"))],
        rows=[
            (_screen(merchant, "invoices_gatewayaccount", _("Gateway account")), _gateway(account), test),
            (_screen(merchant, "billing_apikey", _("API keys")), _api_keys(merchant, now), ""),
            (_screen(merchant, "billing_webhookendpoint", _("Webhooks")), _webhooks(merchant), ""),
        ],
    )


def _screen(merchant: Merchant, name: str, title: str) -> SafeString:
    url = f"{reverse(f'admin:{name}_changelist')}?merchant={merchant.pk}"
    return format_html('<a class="office-link" href="{}">{}</a>', url, title)


def _test_button(account: GatewayAccount) -> SafeString:
    url = reverse("admin:invoices_gatewayaccount_do", args=[account.pk, "test-connection"])
    return format_html('<a class="office-button" href="{}">{}</a>', url, _("Test the connection"))


def _gateway(account: GatewayAccount | None) -> SafeString:
    if account is None:
        return label(_("None: nothing can be sent"), "danger")
    state = label(_("Parked"), "danger") if account.parked_at else label(_("In use"), "success")
    of_account = Event.objects.filter(
        merchant_id=account.merchant_id, subject=Event.Subject.GATEWAY_ACCOUNT, subject_id=account.pk
    )
    found = [name for name in WORDS if name.startswith("connection_") and name != "connection_tested"]
    test = of_account.filter(name__in=found).order_by("-pk").first()
    if test is None:
        return above(state, _("Never tested"))
    return above(state, format_html("{} · {}", WORDS[test.name], instant(test.occurred_at)))


def _api_keys(merchant: Merchant, now: datetime) -> SafeString:
    keys = merchant.api_keys.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    used = list(keys.values_list("last_used_at", flat=True))
    live = len(used)
    state = label(ngettext("%(count)s works", "%(count)s work", live) % {"count": live}, "success" if live else "")
    return above(state, _last(_("Last used: %(when)s"), used)) if live else state


def _webhooks(merchant: Merchant) -> SafeString:
    endpoints = list(merchant.webhook_endpoints.filter(removed_at=None))
    off = sum(endpoint.disabled_at is not None for endpoint in endpoints)
    count = len(endpoints)
    if off:
        words = ngettext("%(count)s is switched off", "%(count)s are switched off", off) % {"count": off}
        state = label(words, "danger")
    else:
        state = label(ngettext("%(count)s is there", "%(count)s are there", count) % {"count": count})
    delivered = [endpoint.last_delivered_at for endpoint in endpoints]
    return above(state, _last(_("Last delivered: %(when)s"), delivered)) if endpoints else state


def _last(words: str, moments: list[datetime | None]) -> SafeString:
    last = max((moment for moment in moments if moment), default=None)
    before, after = words.split("%(when)s")
    return format_html("{}{}{}", before, instant(last) if last else _("never"), after)
