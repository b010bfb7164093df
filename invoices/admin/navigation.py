"""The sidebar: only what the person may open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.roles import Right, rights_of

_GROUPS: tuple[tuple[str | Promise, tuple[tuple[str | Promise, str, str, Right], ...]], ...] = (
    (
        _("Collect"),
        (
            (_("Bills"), "receipt_long", "billing_bill", Right.SEE),
            (_("Subscriptions"), "event_repeat", "subscriptions_subscription", Right.SEE),
            (_("Installments"), "calendar_month", "subscriptions_installment", Right.SEE),
            (_("Invoices"), "send", "invoices_invoice", Right.SEE),
            (_("Payments"), "payments", "invoices_payment", Right.SEE),
            (_("Refunds"), "undo", "invoices_refund", Right.SEE),
            (_("Credits"), "redeem", "invoices_credit", Right.SEE),
            (_("Shifts"), "point_of_sale", "invoices_shift", Right.SEE),
            (_("Gateway statements"), "account_balance_wallet", "invoices_gatewaystatement", Right.SEE_REPORTS),
            (_("Reminders"), "notifications", "invoices_reminder", Right.SEE),
        ),
    ),
    (
        _("People"),
        (
            (_("Customers"), "group", "billing_customer", Right.SEE),
            (_("Wrong recipients"), "person_off", "billing_wrongrecipient", Right.SEE),
        ),
    ),
    (
        _("Set-up"),
        (
            (_("Merchants"), "storefront", "billing_merchant", Right.SEE),
            (_("Reminder plan"), "notifications_active", "invoices_reminderstep", Right.SEE_SETUP),
            (_("Messages"), "chat", "invoices_messagetemplate", Right.SEE_SETUP),
            (_("Gateway accounts"), "account_balance", "invoices_gatewayaccount", Right.SEE_SETUP),
            (_("API keys"), "key", "billing_apikey", Right.SEE_SETUP),
            (_("Webhooks"), "webhook", "billing_webhookendpoint", Right.SEE_SETUP),
            (_("Staff"), "badge", "billing_user", Right.SEE_SETUP),
            (_("Roles"), "admin_panel_settings", "billing_membership", Right.SEE_SETUP),
            (_("Invitations"), "mail", "billing_invitation", Right.SEE_SETUP),
        ),
    ),
    (
        _("Log"),
        (
            (_("Imports"), "upload_file", "billing_importfile", Right.IMPORT),
            (_("Jobs"), "sync", "billing_job", Right.SEE),
            (_("Events"), "history", "billing_event", Right.SEE),
            (_("Callbacks"), "call_received", "invoices_gatewaycallback", Right.SEE),
            (_("Receipts by e-mail"), "mark_email_read", "invoices_receiptemail", Right.SEE),
            (_("Webhook deliveries"), "outbox", "billing_webhookdelivery", Right.SEE_SETUP),
            (_("Attempts"), "outgoing_mail", "invoices_deliveryattempt", Right.SEE),
            (_("Enquiries"), "contact_support", "invoices_enquiry", Right.SEE),
            (_("Audit"), "fact_check", "invoices_auditdifference", Right.SEE_SETUP),
        ),
    ),
)

_REPORTS_AT: Final = 3
_REPORTS: tuple[tuple[str | Promise, str, str], ...] = (
    (_("Collected by day"), "bar_chart", "report_collected_by_day"),
    (_("Ageing"), "hourglass_top", "report_ageing"),
    (_("All reports"), "summarize", "reports"),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's SIDEBAR navigation."""
    rights = rights_of(request)
    home = {"title": _("Home"), "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [home]}]
    for title, items in _GROUPS:
        links = [
            {"title": name, "icon": icon, "link": reverse(f"admin:{model}_changelist")}
            for name, icon, model, right in items
            if rights.allow(right)
        ]
        groups.append({"title": title, "items": links})
    if rights.allow(Right.ADD_NOTES):
        collecting = reverse("admin:billing_customer_collecting")
        groups[1]["items"].append({"title": _("Whom to call"), "icon": "call", "link": collecting})
    if rights.allow(Right.SEE_REPORTS):
        groups.insert(_REPORTS_AT, {"title": _("Reports"), "items": list(_report_links())})
    if rights.is_platform:
        locks = {"title": _("Wrong passwords"), "icon": "lock", "link": reverse("admin:axes_accessattempt_changelist")}
        groups.append({"title": _("Platform"), "items": [locks]})
    _light_up([item for group in groups for item in group["items"]], request.path)
    return groups


def _report_links() -> Iterator[dict[str, Any]]:
    for title, icon, name in _REPORTS:
        yield {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}


def _light_up(items: list[dict[str, Any]], path: str) -> None:
    """Only where the person is: the address of a page may begin with that of another, and home's begins all."""
    home, *others = [item["link"] for item in items]
    here = max((link for link in others if path.startswith(link)), key=len, default=home if path == home else "")
    for item in items:
        item["active"] = item["link"] == here


# The second key after G. Every one of these is a screen that all staff may open.
_KEY_PLACES: tuple[tuple[str, str | Promise, str], ...] = (
    ("H", _("Home"), "admin:index"),
    ("B", _("Bills"), "admin:billing_bill_changelist"),
    ("S", _("Subscriptions"), "admin:subscriptions_subscription_changelist"),
    ("D", _("Installments"), "admin:subscriptions_installment_changelist"),
    ("I", _("Invoices"), "admin:invoices_invoice_changelist"),
    ("P", _("Payments"), "admin:invoices_payment_changelist"),
    ("C", _("Customers"), "admin:billing_customer_changelist"),
)


def key_places() -> list[dict[str, object]]:
    """Where the keys G and another lead."""
    return [{"letter": letter, "title": title, "link": reverse(name)} for letter, title, name in _KEY_PLACES]
