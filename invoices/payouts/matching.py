"""
Statement lines held against what we have booked: in sets, some statements for each thousand lines.

It may run at any time and beside itself: matchers of one merchant take turns, and what is matched stays so. A line
that finds nothing, or only what another line has, is looked at again by the sweep: its payment may be on its way.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When

from billing.fields import MoneyField
from billing.money import ZERO
from invoices.models import GatewayAccount, GatewayStatement, GatewayStatementLine, Payment, Refund
from invoices.payouts.doubles import set_doubles, set_doubles_of_keys, set_doubles_of_payments
from invoices.payouts.pairing import TO_PAYMENTS, TO_REFUNDS, Lines, pair

logger = logging.getLogger(__name__)

Kind = GatewayStatementLine.Kind
Finding = GatewayStatementLine.Finding

# Of two lines with one reference and no transaction, the second may be about a payment that is booked later.
PENDING: Final = Q(finding__in=[Finding.NEW, Finding.UNKNOWN, Finding.DOUBLED]) & (
    ~Q(finding=Finding.DOUBLED) | Q(transaction="")
)
LOOKED_AT_FOR: Final = timedelta(days=60)


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
    accounts = list(GatewayAccount.objects.filter(merchant_id=merchant_id).order_by("-pk"))
    _set_other_accounts(pending, accounts)
    set_doubles(pending, merchant_id)
    for account in accounts:
        lines = pending.filter(account_code__in=["", account.merchant_code], currency=account.currency)
        payments = Payment.objects.filter(gateway_account=account)
        refunds = Refund.objects.filter(
            payment__gateway_account=account, method=Refund.Method.GATEWAY, status=Refund.Status.DONE
        )
        for way in TO_PAYMENTS:
            pair(lines.filter(kind=Kind.PAYMENT), "payment", payments, way, merchant_id=merchant_id)
        for way in TO_REFUNDS:
            pair(lines.filter(kind=Kind.REFUND), "refund", refunds, way, merchant_id=merchant_id, sign=-1)
    set_doubles_of_payments(pending, accounts, merchant_id)
    set_doubles_of_keys(pending, merchant_id)
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


def _judge(pending: Lines) -> None:
    """What is to be said of each line now; of those that still know nothing, once."""
    given_back = ExpressionWrapper(Value(ZERO, MoneyField()) - OuterRef("amount"), output_field=MoneyField())
    differs = ~Exists(Payment.objects.filter(pk=OuterRef("payment"), amount=OuterRef("amount")))
    gave_another = ~Exists(Refund.objects.filter(pk=OuterRef("refund"), amount=given_back))
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
