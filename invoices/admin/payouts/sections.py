"""What the page of a gateway's statement says of it: how far it is, and what was found about its lines."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.admin.cells import COLOURS, label, money
from billing.admin.screens.documents import Column, Notice, Section
from invoices.admin.payables.ways_on import Button, button
from invoices.models import GatewayStatement, GatewayStatementLine
from invoices.reports.catalogue import ABOUT_STATEMENTS, Listing

Finding = GatewayStatementLine.Finding


def notices_of(statement: GatewayStatement) -> Iterator[Notice]:
    if statement.withdrawn_at is not None:
        yield Notice(text=_("This statement was withdrawn. Its lines are forgotten, and count nowhere."))
    elif not statement.job.is_over:
        yield Notice(text=_("Its lines are still being imported. See the progress at its job."), colour="info")
    elif statement.job.status == statement.job.Status.STOPPED:
        yield Notice(text=_("Its import was stopped half-way. Upload the file again: it begins anew, without doubles."))
    elif statement.job.refused_count:
        yield Notice(text=_not_imported(statement.job.refused_count))


def report_buttons(statement: GatewayStatement) -> list[Button]:
    """To the reports of its own days. One that was withdrawn counts in none."""
    if statement.withdrawn_at is not None:
        return []
    return [_report_button(statement, listing) for listing in ABOUT_STATEMENTS]


def _report_button(statement: GatewayStatement, listing: Listing) -> Button:
    assert listing.of_statement is not None
    first, last = listing.of_statement(statement)
    asked = {"merchant": statement.merchant_id, "currency": statement.currency, "from": first, "to": last}
    return button(listing.title, "balance", f"{reverse(f'admin:{listing.url_name}')}?{urlencode(asked)}")


def _not_imported(count: int) -> str:
    told = ngettext(
        "%(count)s row could not be imported, though the sums of this page count it. Withdraw the statement, and "
        "import its file again.",
        "%(count)s rows could not be imported, though the sums of this page count them. Withdraw the statement, and "
        "import its file again.",
        count,
    )
    return told % {"count": number_format(count)}


def findings_of(statement: GatewayStatement) -> Section:
    """Each with how many lines and how much, and the list of them."""
    found = (
        statement.lines.order_by()
        .values_list("finding")
        .annotate(lines=Count("pk"), sum=Sum("amount"), kept=Sum("fee"))
    )
    counted = {finding: (lines, gross, fees) for finding, lines, gross, fees in found}
    rows = [
        (
            label(finding.label, COLOURS.get(finding.value, "")),
            _lines_link(statement, finding, counted[finding][0]),
            money(counted[finding][1], statement.currency),
            money(counted[finding][2], statement.currency),
        )
        for finding in Finding
        if finding in counted
    ]
    columns = (
        Column(title=_("What was found")),
        Column(title=_("Lines"), is_numeric=True),
        Column(title=_("Gross"), is_numeric=True),
        Column(title=_("Fees"), is_numeric=True),
    )
    url = f"{_lines_url()}?{urlencode({'statement': statement.pk})}" if rows else ""
    return Section(title=_("Lines"), columns=columns, rows=rows, empty=_("No lines."), more_url=url)


def _lines_link(statement: GatewayStatement, finding: Finding, count: int) -> SafeString:
    query = urlencode({"statement": statement.pk, "finding": finding.value})
    return format_html('<a class="office-link" href="{}?{}">{}</a>', _lines_url(), query, number_format(count))


def _lines_url() -> str:
    return reverse("admin:invoices_gatewaystatementline_changelist")
