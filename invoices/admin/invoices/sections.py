"""What was said between us and the gateway about one invoice."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, latin, money, status_label
from billing.admin.screens.documents import Column, Section
from billing.models import Channel
from invoices.gateway_sentences import gateway_words
from invoices.models import Invoice

_MOST = 12


def attempts_section(invoice: Invoice) -> Section:
    columns = (
        Column(title=_("Started")),
        Column(title=_("Action")),
        Column(title=_("Channel")),
        Column(title=_("Outcome")),
        Column(title=_("Detail")),
    )
    rows = [
        (
            instant(attempt.started_at),
            attempt.get_action_display(),
            _channel(attempt.channel),
            status_label(attempt, "outcome"),
            isolated(attempt.detail),
        )
        for attempt in invoice.delivery_attempts.order_by("-id")[:_MOST]
    ]
    return Section(title=_("Calls to the gateway"), columns=columns, rows=rows, empty=_("None yet."))


def _channel(stored: str) -> str:
    return str(dict(Channel.choices).get(stored, stored))


def enquiries_section(invoice: Invoice) -> Section:
    columns = (
        Column(title=_("Asked")),
        Column(title=_("Finding")),
        Column(title=_("Amount"), is_numeric=True),
        Column(title=_("Transaction")),
        Column(title=_("Detail")),
    )
    rows = [
        (
            instant(enquiry.asked_at),
            status_label(enquiry, "finding"),
            money(enquiry.amount, invoice.currency),
            latin(enquiry.transaction_token),
            isolated(enquiry.detail),
        )
        for enquiry in invoice.enquiries.order_by("-id")[:_MOST]
    ]
    empty = _("None that changed anything.")
    return Section(title=_("The gateway's own word"), columns=columns, rows=rows, empty=empty)


def callbacks_section(invoice: Invoice) -> Section:
    columns = (
        Column(title=_("Received")),
        Column(title=_("Kind")),
        Column(title=_("State")),
        Column(title=_("Problem")),
    )
    callbacks = invoice.callbacks.defer("payload").order_by("-id")[:_MOST]
    rows = [
        (
            instant(callback.received_at),
            callback.get_kind_display(),
            status_label(callback, "state"),
            isolated(gateway_words(callback.problem)),
        )
        for callback in callbacks
    ]
    return Section(title=_("Callbacks"), columns=columns, rows=rows, empty=_("None."))
