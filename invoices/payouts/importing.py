"""A gateway's statement from a spreadsheet: one statement of the file, and a line of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.importing import cells
from billing.importing.kinds import Column, ImportKind, Made, Origin, Values, one_by_one, sum_of
from billing.models import ImportFile, Job, Merchant
from billing.money import ZERO
from invoices.models import GatewayStatement, GatewayStatementLine
from invoices.payouts.amounts import (
    Amounts,
    adjustment_amounts,
    fee_amounts,
    payment_amounts,
    refund_amounts,
)
from invoices.payouts.cells import day_of_instant, line_kind, own_currency, signed_amount
from invoices.payouts.matching import match_lines
from invoices.payouts.withdrawing import forget_lines

Kind = GatewayStatementLine.Kind
_KEYS: Final = ("transaction", "invoice_reference", "gateway_invoice")
_AMOUNTS_OF: Final[Mapping[str, Callable[..., Amounts]]] = {
    Kind.PAYMENT: payment_amounts,
    Kind.REFUND: refund_amounts,
    Kind.FEE: fee_amounts,
    Kind.ADJUSTMENT: adjustment_amounts,
}


class StatementImportedAlready(DomainError):
    code = "STATEMENT_IMPORTED_ALREADY"
    message = gettext_noop("This file was imported already. Withdraw its statement first, to read it in another way.")


class StatementIsGone(DomainError):
    code = "STATEMENT_IS_GONE"
    message = gettext_noop("This statement was withdrawn, or is being imported anew. Nothing was added to it.")


def kind_of(values: Values) -> str:
    """As the line says; else by its sign."""
    if "kind" in values:
        return str(values["kind"])
    if values["gross"] == ZERO:
        return Kind.FEE
    return Kind.PAYMENT if values["gross"] > ZERO else Kind.REFUND


def amounts_of(values: Values) -> Amounts:
    return _AMOUNTS_OF[kind_of(values)](gross=values["gross"], fee=values.get("fee"), net=values.get("net"))


def _check_row(values: Values, now: datetime, merchant: Merchant) -> Sequence[tuple[str, str]]:
    if kind_of(values) in (Kind.PAYMENT, Kind.REFUND) and not any(key in values for key in _KEYS):
        told = gettext_now("Nothing says which payment this is. Give its transaction, reference or invoice.")
        return [("transaction", told)]
    return []


def _begin(file: ImportFile, job: Job, rows: Iterable[Values]) -> None:
    """
    The statement that the rows will hang on. One whose import was stopped begins anew: its lines could be of two minds.

    :raises StatementImportedAlready:
    """
    known = GatewayStatement.objects.filter(merchant_id=file.merchant_id, digest=file.digest, withdrawn_at=None)
    statement = known.select_for_update(of=("self",)).select_related("job").first()
    if statement is None:
        statement = GatewayStatement(merchant_id=file.merchant_id, digest=file.digest)
    elif statement.job.status != Job.Status.STOPPED:
        raise StatementImportedAlready
    else:
        forget_lines(statement)
    statement.name, statement.currency, statement.job = file.name, file.merchant.currency, job
    statement.imported_by, statement.imported_at = job.created_by, job.created_at
    _add_up(statement, list(rows))
    try:
        with transaction.atomic():
            statement.save()
    except IntegrityError as meanwhile:
        raise StatementImportedAlready from meanwhile


def _add_up(statement: GatewayStatement, rows: Sequence[Values]) -> None:
    days, amounts = [row["paid_on"] for row in rows], [amounts_of(row) for row in rows]
    statement.first_day, statement.last_day, statement.line_count = min(days), max(days), len(rows)
    statement.amount = sum((each.gross for each in amounts), ZERO)
    statement.fee = sum((each.fee for each in amounts), ZERO)
    statement.net = sum((each.net for each in amounts), ZERO)


def _make(origin: Origin, values: Values, now: datetime) -> Made:
    """:raises StatementIsGone: this job is not its import any more"""
    statement = GatewayStatement.objects.filter(
        merchant=origin.merchant, job_id=origin.job_id, withdrawn_at=None
    ).first()
    if statement is None:
        raise StatementIsGone
    amounts = amounts_of(values)
    line = GatewayStatementLine.objects.create(
        merchant=origin.merchant,
        statement=statement,
        number=origin.number,
        kind=kind_of(values),
        transaction=values.get("transaction", ""),
        reference=values.get("invoice_reference", ""),
        gateway_invoice=values.get("gateway_invoice", ""),
        account_code=values.get("account_code", ""),
        currency=statement.currency,
        amount=amounts.gross,
        fee=amounts.fee,
        net=amounts.net,
        paid_on=values["paid_on"],
        payout_reference=values.get("payout_reference", ""),
        payout_on=values.get("payout_on"),
    )
    return Made(line.pk, gettext_now("row %(number)s") % {"number": line.number})


def _when_done(job: Job) -> None:
    match_lines(merchant_id=job.merchant_id)


GATEWAY_STATEMENTS = ImportKind(
    code="GATEWAY_STATEMENT",
    title=_("Gateway statement"),
    columns=(
        Column(code="transaction", title=_("Transaction"), check=cells.reference),
        Column(code="invoice_reference", title=_("Our reference of the invoice"), check=cells.reference),
        Column(code="gateway_invoice", title=_("The gateway's invoice number"), check=cells.reference),
        Column(code="kind", title=_("Kind of line"), check=line_kind),
        Column(code="gross", title=_("Gross"), check=signed_amount, is_required=True),
        Column(code="fee", title=_("Fee"), check=signed_amount),
        Column(code="net", title=_("Net"), check=signed_amount),
        Column(code="currency", title=_("Currency"), check=own_currency),
        Column(code="paid_on", title=_("Day paid"), check=day_of_instant, is_required=True, is_day=True),
        Column(code="payout_reference", title=_("Payout"), check=cells.reference),
        Column(code="payout_on", title=_("Paid out on"), check=day_of_instant, is_day=True),
        Column(code="account_code", title=_("Merchant code"), check=cells.reference),
    ),
    begin=_begin,
    make=one_by_one(_make),
    when_done=_when_done,
    # The same line in another file is a finding, and not passed over.
    identity=None,
    known_by=_KEYS,
    amount="gross",
    facts=sum_of("gross"),
    check_row=_check_row,
)
