"""Lines that tell what another line told before, some at a time, as `pairing` looks up what they are about."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from django.db.models import Min

from billing.chunks import in_chunks
from invoices.models import GatewayAccount, GatewayStatementLine, Payment
from invoices.payouts.pairing import LINES_AT_ONCE, TO_PAYMENTS, Lines, keys_of_another_line

Kind = GatewayStatementLine.Kind
Finding = GatewayStatementLine.Finding
_KEYS_OF_INVOICES: Final = ("reference", "gateway_invoice")


def set_doubles(pending: Lines, merchant_id: int) -> None:
    """A payment's transaction that an earlier line has, of whichever statement."""
    stated = GatewayStatementLine.objects.filter(merchant_id=merchant_id, kind=Kind.PAYMENT)
    # That it is not empty is told in the words of the index of those that are not.
    stated = stated.exclude(finding=Finding.OTHER_ACCOUNT).exclude(transaction="").order_by()
    told = pending.filter(kind=Kind.PAYMENT, payment=None).exclude(transaction="")
    for some in in_chunks(list(told.values_list("pk", "transaction")), LINES_AT_ONCE):
        of_these = stated.filter(transaction__in={transaction for _pk, transaction in some})
        firsts = dict(of_these.values_list("transaction").annotate(first=Min("pk")))
        _set_doubled([pk for pk, transaction in some if firsts[transaction] < pk])


def set_doubles_of_payments(pending: Lines, accounts: list[GatewayAccount], merchant_id: int) -> None:
    """
    What is left over, and names a payment that another line has, however that one names it.

    A transaction that we do not know is not its invoice's payment told again: it is money we know nothing of.
    """
    payments = Payment.objects.filter(gateway_account__in=accounts)
    for way in TO_PAYMENTS:
        told = _left_over(pending) if way.key == "transaction" else _left_over(pending).filter(transaction="")
        known = partial(keys_of_another_line, payments, way, merchant_id=merchant_id)
        _set_doubles_among(told, way.key, known)


def set_doubles_of_keys(pending: Lines, merchant_id: int) -> None:
    """A line without a transaction whose invoice another line with a payment names, in words that are not ours."""
    paired = GatewayStatementLine.objects.filter(merchant_id=merchant_id, payment__isnull=False)
    told = _left_over(pending).filter(transaction="", finding=Finding.NEW)
    for key in _KEYS_OF_INVOICES:
        _set_doubles_among(told, key, partial(_keys_stated, paired, key))


def _keys_stated(lines: Lines, key: str, keys: Collection[str]) -> Collection[str]:
    return set(lines.filter(**{f"{key}__in": keys}).values_list(key, flat=True))


def _set_doubles_among(told: Lines, key: str, known: Callable[[Collection[str]], Collection[str]]) -> None:
    """:param known: of some keys those that a doubled line has"""
    for some in in_chunks(list(told.exclude(**{key: ""}).values_list("pk", key)), LINES_AT_ONCE):
        doubled = known({stated for _pk, stated in some})
        _set_doubled([pk for pk, stated in some if stated in doubled])


def _set_doubled(ids: Collection[int]) -> None:
    GatewayStatementLine.objects.filter(pk__in=ids).update(finding=Finding.DOUBLED)


def _left_over(lines: Lines) -> Lines:
    return lines.filter(kind=Kind.PAYMENT, payment=None).exclude(finding=Finding.DOUBLED)
