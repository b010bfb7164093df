"""The sidebar: only what the person may open."""

from __future__ import annotations

from typing import Any

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
            (_("Reminders"), "notifications", "invoices_reminder", Right.SEE),
        ),
    ),
    (_("People"), ((_("Customers"), "group", "billing_customer", Right.SEE),)),
    (
        _("Set-up"),
        (
            (_("Merchants"), "storefront", "billing_merchant", Right.SEE),
            (_("Reminder plan"), "notifications_active", "invoices_reminderstep", Right.SEE_SETUP),
            (_("Gateway accounts"), "account_balance", "invoices_gatewayaccount", Right.SEE_SETUP),
            (_("API keys"), "key", "billing_apikey", Right.SEE_SETUP),
            (_("Staff"), "badge", "billing_user", Right.SEE_SETUP),
            (_("Roles"), "admin_panel_settings", "billing_membership", Right.SEE_SETUP),
        ),
    ),
    (
        _("Log"),
        (
            (_("Events"), "history", "billing_event", Right.SEE),
            (_("Callbacks"), "call_received", "invoices_gatewaycallback", Right.SEE),
            (_("Attempts"), "outgoing_mail", "invoices_deliveryattempt", Right.SEE),
            (_("Enquiries"), "contact_support", "invoices_enquiry", Right.SEE),
            (_("Audit"), "fact_check", "invoices_auditdifference", Right.SEE_SETUP),
        ),
    ),
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
    return groups
