"""Invoices made set-wise: one statement turns a chunk of bills or installments into invoices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.identifiers import number_beginning
from billing.models import Channel, Language, Merchant, NumberSequence
from billing.money import from_thousandths
from invoices.services.generation.among_ids import as_parameter
from invoices.services.generation.invoice_statements import Kind, statements


@dataclass(frozen=True, kw_only=True)
class Issue:
    """
    What the invoices of one statement have in common.

    :param numbers: as many as there are payables; those of payables that are passed over stay unused
    :param channel: of these invoices; empty for each document's own, else its customer's, else the merchant's. All go
        by LINK to customers whose messages are stopped
    """

    merchant: Merchant
    account_id: int | None
    numbers: range
    today: date
    now: datetime
    actor: str
    issue_no: int = 1
    channel: Channel | Literal[""] = ""


def insert_invoices(kind: Kind, ids: Sequence[int], issue: Issue) -> list[int]:
    """
    Invoice what is owed of these bills or installments, in the caller's transaction, which has locked them.

    They are marked as invoiced and each invoice gets its event. One that is not owed any more, or is to be issued for
    the first time and was already, is passed over.

    :returns: the ids of the payables that were invoiced
    """
    parameters = _parameters(ids, issue)
    sql = statements(kind, connection.vendor, issue.issue_no == 1)
    with connection.cursor() as cursor:
        cursor.execute(sql.insert, parameters)
        made = cursor.fetchall()
        if made:
            parameters |= _results(made, issue)
            cursor.execute(sql.mark, _used(sql.mark, parameters))
            cursor.execute(sql.tell, _used(sql.tell, parameters))
    return [payable_id for payable_id, _, _ in made]


def _parameters(ids: Sequence[int], issue: Issue) -> dict[str, Any]:
    merchant, day = issue.merchant, issue.merchant.local_date(issue.now)
    return {
        "ids": as_parameter(ids),
        "merchant": merchant.pk,
        "prefix": number_beginning(NumberSequence.Kind.INVOICE, day),
        "first": issue.numbers.start,
        "issue_no": issue.issue_no,
        "account": issue.account_id,
        "actor": issue.actor,
        "language": merchant.language,
        "channel": str(issue.channel),
        "usual_channel": merchant.channel,
        "today": connection.ops.adapt_datefield_value(issue.today),
        "valid_days": merchant.link_valid_days,
        "now": connection.ops.adapt_datetimefield_value(issue.now),
        **_descriptions(),
    }


def _results(made: Sequence[tuple[int, int, int]], issue: Issue) -> dict[str, Any]:
    """:param made: payable, invoice and amount in thousandths of each"""
    return {
        "ids": as_parameter([payable_id for payable_id, _, _ in made]),
        "invoice_ids": as_parameter([invoice_id for _, invoice_id, _ in made]),
        "details": as_parameter(
            [json.dumps({"amount": str(from_thousandths(amount)), "issue": issue.issue_no}) for _, _, amount in made]
        ),
    }


def _used(statement: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if f"%({name})s" in statement}


@lru_cache
def _descriptions() -> dict[str, str]:
    """What an installment is called in each language, with the places that the statement fills in."""
    places = {"number": "<number>", "count": "<count>", "product": "<product>"}
    texts = {}
    for language in Language.values:
        with override(language):
            texts[f"of_{language}"] = _("Installment %(number)s of %(count)s · %(product)s") % places
            texts[f"open_{language}"] = _("%(product)s, payment %(number)s") % places
    return texts
