"""
Statement lines held against what we have booked: set-wise, some statements for however many lines.

It may run at any time and beside itself: matchers of one merchant take turns, and what is matched stays so. A line
that finds nothing, or only what another line has, is looked at again by the sweep: its payment may be on its way.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from invoices.models import GatewayAccount, GatewayStatement, GatewayStatementLine, Payment, Refund
from invoices.payouts.pairing import TO_PAYMENTS, TO_REFUNDS, Lines, below_zero, of_another_line, pair

logger = logging.getLogger(__name__)

Kind = GatewayStatementLine.Kind
Finding = GatewayStatementLine.Finding

# Of two lines with one reference and no transaction, the second may be about a payment that is booked later.
PENDING: Final = Q(finding__in=[Finding.NEW, Finding.UNKNOWN, Finding.DOUBLED]) & (
    ~Q(finding=Finding.DOUBLED) | Q(transaction="")
)
LOOKED_AT_FOR: Final = timedelta(days=60)
_KEYS_OF_INVOICES: Final = ("reference", "gateway_invoice")


def match_all(*, now: datetime) -> int:
    """Every merchant that has lines to compare; how many statements they stand in."""
    lines = GatewayStatementLine.objects.filter(PENDING, statement=OuterRef("pk"))
    recent = GatewayStatement.objects.filter(withdrawn_at=None, imported_at__gte=now - LOOKED_AT_FOR)
    merchants = list(recent.filter(Exists(lines)).order_by("merchant").values_list("merchant", flat=True))
    for merchant_id in sorted(set(merchants)):
        try:
            match_lines(merchant_id=merchant_id)
        except Exception:  # one merchant's trouble is not another's
            logger.exception("statements of merchant %s: comparing them failed", merchant_id)
    return len(merchants)


@transaction.atomic
def compare_again(*, merchant_id: int, statement_id: int) -> None:
    """Everything about a statement that does not agree, as if it had just come in."""
    take_turn(merchant_id)
    lines = GatewayStatementLine.objects.filter(merchant_id=merchant_id, statement_id=statement_id)
    lines.exclude(finding=Finding.MATCHED).update(finding=Finding.NEW, payment=None, refund=None)
    match_lines(merchant_id=merchant_id)


def match_lines(*, merchant_id: int) -> None:
    """Compare all of a merchant's lines that agree with nothing yet, a file at a time, so that no statement is long."""
    lines = GatewayStatementLine.objects.filter(PENDING, statement=OuterRef("pk"))
    statements = GatewayStatement.objects.filter(Exists(lines), merchant_id=merchant_id).order_by("pk")
    for statement_id in list(statements.values_list("pk", flat=True)):
        with transaction.atomic():
            take_turn(merchant_id)
            _match(merchant_id, statement_id)


def _match(merchant_id: int, statement_id: int) -> None:
    pending = GatewayStatementLine.objects.filter(PENDING, merchant_id=merchant_id, statement_id=statement_id)
    accounts = list(GatewayAccount.objects.without_secrets().filter(merchant_id=merchant_id).order_by("-pk"))
    _set_other_accounts(pending, accounts)
    _set_doubles(pending)
    for account in accounts:
        lines = pending.filter(account_code__in=["", account.merchant_code], currency=account.currency)
        # Of the merchant's own account; that they are the merchant's too, said once more, would mislead SQLite.
        payments = Payment.objects.filter(gateway_account=account)
        refunds = Refund.objects.filter(
            payment__gateway_account=account, method=Refund.Method.GATEWAY, status=Refund.Status.DONE
        )
        for way in TO_PAYMENTS:
            pair(lines.filter(kind=Kind.PAYMENT), "payment", payments, way, amount=OuterRef("amount"))
        for way in TO_REFUNDS:
            pair(lines.filter(kind=Kind.REFUND), "refund", refunds, way, amount=below_zero(OuterRef("amount")))
    _set_doubles_of_payments(pending, accounts)
    _set_doubles_of_keys(pending, merchant_id)
    _judge(pending)


def take_turn(merchant_id: int) -> None:
    """
    Two at once could give one payment to two lines. The merchant's first statement is the token: it is never deleted.

    Not the merchant's own row, which others change and wait for; and rows can still be added to the statement.
    """
    statements = GatewayStatement.objects.filter(merchant_id=merchant_id).order_by("pk")
    statements.select_for_update(no_key=True, of=("self",)).first()


def _set_other_accounts(pending: Lines, accounts: list[GatewayAccount]) -> None:
    """What the file says is another merchant's is never held against ours."""
    ours = ["", *(account.merchant_code for account in accounts)]
    pending.exclude(account_code__in=ours).update(finding=Finding.OTHER_ACCOUNT)


def _set_doubles(pending: Lines) -> None:
    """A payment's transaction that an earlier line has, of whichever statement."""
    earlier = GatewayStatementLine.objects.exclude(finding=Finding.OTHER_ACCOUNT).filter(
        merchant=OuterRef("merchant"), kind=Kind.PAYMENT, transaction=OuterRef("transaction"), pk__lt=OuterRef("pk")
    )
    told = pending.filter(kind=Kind.PAYMENT, payment=None).exclude(transaction="")
    # That it is not empty is said twice, or the index of those that are not is no use.
    told.filter(Exists(earlier.exclude(transaction=""))).update(finding=Finding.DOUBLED)


def _judge(pending: Lines) -> None:
    """What is to be said of each line now; of those that still know nothing, once."""
    differs = ~Exists(Payment.objects.filter(pk=OuterRef("payment"), amount=OuterRef("amount")))
    gave_another = ~Exists(Refund.objects.filter(pk=OuterRef("refund"), amount=below_zero(OuterRef("amount"))))
    is_charge = Q(kind__in=[Kind.FEE, Kind.ADJUSTMENT])
    finding = Case(
        When(~is_charge & Q(payment=None, refund=None), then=Value(Finding.UNKNOWN)),
        When(Q(payment__isnull=False) & Q(differs), then=Value(Finding.AMOUNT_DIFFERS)),
        When(Q(refund__isnull=False) & Q(gave_another), then=Value(Finding.AMOUNT_DIFFERS)),
        When(~Q(net=F("amount") - F("fee")), then=Value(Finding.NET_DIFFERS)),
        When(is_charge, then=Value(Finding.CHARGE)),
        default=Value(Finding.MATCHED),
    )
    is_news = Q(finding=Finding.NEW) | Q(payment__isnull=False) | Q(refund__isnull=False)
    pending.filter(is_news).update(finding=finding)


def _set_doubles_of_payments(pending: Lines, accounts: list[GatewayAccount]) -> None:
    """
    What is left over, and names a payment that another line has, however that one names it.

    A transaction that we do not know is not its invoice's payment told again: it is money we know nothing of.
    """
    payments = Payment.objects.filter(gateway_account__in=accounts)
    for way in TO_PAYMENTS:
        told = _left_over(pending) if way.key == "transaction" else _left_over(pending).filter(transaction="")
        of_another_line(told, payments, way).update(finding=Finding.DOUBLED)


def _set_doubles_of_keys(pending: Lines, merchant_id: int) -> None:
    """A line without a transaction whose invoice another line with a payment names, in words that are not ours."""
    paired = GatewayStatementLine.objects.filter(merchant_id=merchant_id, payment__isnull=False)
    told = _left_over(pending).filter(transaction="", finding=Finding.NEW)
    for key in _KEYS_OF_INVOICES:
        of_others = paired.exclude(**{key: ""}).values(key)
        told.exclude(**{key: ""}).filter(**{f"{key}__in": of_others}).update(finding=Finding.DOUBLED)


def _left_over(lines: Lines) -> Lines:
    return lines.filter(kind=Kind.PAYMENT, payment=None).exclude(finding=Finding.DOUBLED)
