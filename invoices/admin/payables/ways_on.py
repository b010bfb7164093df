"""Buttons that lead from a document's page to an act on another: its live invoice, its oldest open installment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import PageAction, Text
from invoices.admin.invoices.actions import Resend
from invoices.admin.invoices.channel_switching import SendByAnotherChannel
from invoices.admin.messages.by_hand import InvoiceByWhatsApp
from invoices.admin.payables.actions import RecordPayment
from invoices.admin.reminders.actions import RemindNow
from invoices.models import Invoice
from invoices.services.payables import Payable, document_of
from subscriptions.models import Installment

_SENDING: Final[Sequence[PageAction]] = (Resend(), InvoiceByWhatsApp(), SendByAnotherChannel())

Button = dict[str, Any]


def button(title: Text, icon: str, address: str, variant: ActionVariant = ActionVariant.DEFAULT) -> Button:
    return {"title": title, "icon": icon, "variant": variant, "path": address, "attrs": {}}


def sending_buttons(payable: Payable) -> list[Button]:
    """What can be sent of the invoice that is out, of those that were read with its page."""
    live = next((each for each in payable.invoices.all() if each.status == Invoice.Status.OPEN), None)
    if live is None:
        return []
    live.customer = document_of(payable).customer
    return [
        button(action.title, action.icon, reverse("admin:invoices_invoice_do", args=[live.pk, action.name]))
        for action in _SENDING
        if action.is_offered(live)
    ]


def oldest_open_buttons(oldest: Installment | None, *, may_take: bool, may_remind: bool) -> list[Button]:
    """Taking money for it and reminding of it, from the plan's own page."""
    if oldest is None or oldest.amount_due <= 0:
        return []
    shown = {"number": oldest.sequence}
    take = button(
        _("Record payment, no. %(number)s") % shown,
        RecordPayment.icon,
        _act_on(oldest, RecordPayment.name),
        ActionVariant.PRIMARY,
    )
    remind = button(_("Remind, no. %(number)s") % shown, RemindNow.icon, _act_on(oldest, RemindNow.name))
    return [*([take] if may_take else []), *([remind] if may_remind else [])]


def folded(buttons: Sequence[Button], *, shown: int) -> list[Button]:
    """So many in the row, that the page's name has room beside them; the others first under "More"."""
    row = [each for each in buttons if "items" not in each]
    rest = [*row[shown:], *(item for each in buttons for item in each.get("items", ()))]
    menu = {"title": _("More"), "icon": None, "variant": ActionVariant.DEFAULT, "items": rest}
    return [*row[:shown], *([menu] if rest else [])]


def _act_on(installment: Installment, name: str) -> str:
    return reverse("admin:subscriptions_installment_do", args=[installment.pk, name])
