"""What of a payment waits for a second person: said on its page before anybody asks again."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing.admin.cells import instant, link, money
from billing.admin.screens.documents import Notice
from invoices.models import Credit, Refund


def waiting_notices(asked: Iterable[Refund | Credit]) -> list[Notice]:
    return [_notice(each) for each in asked if each.status == "REQUESTED"]


def _notice(asked: Refund | Credit) -> Notice:
    told = (
        _("A refund of {amount} waits for approval. Asked for by {who}, {when}.")
        if isinstance(asked, Refund)
        else _("Using {amount} for something else waits for approval. Asked for by {who}, {when}.")
    )
    person = asked.requested_by
    text = format_html(
        told,
        amount=money(asked.amount, asked.payment.currency),
        who=format_html("<bdi>{}</bdi>", person.display_name),
        when=instant(asked.requested_at),
    )
    return Notice(text=format_html("{} {}", text, link(asked, _("Look at it"))))
