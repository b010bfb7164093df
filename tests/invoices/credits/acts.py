"""What people do with what is left over, and what must not change when they are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from billing.clock import database_now
from billing.models import Bill, Event, Merchant, User
from invoices.models import Credit, Payment, Refund
from invoices.policy import GatewayPolicy
from invoices.reports.collected import collected_by_method, collected_by_user
from invoices.services.credits import approve_credit, reject_credit, request_credit
from invoices.services.figures.months import count_months
from invoices.services.payables import Payable
from invoices.services.refunds import request_refund
from tests.invoices.differences import find_differences
from tests.invoices.reports.books import span_of


def use(payment: Payment, payable: Payable, amount: str, user: User) -> Credit:
    return request_credit(
        payment=payment,
        payable=payable,
        amount=Decimal(amount),
        reason="paid twice for water",
        user=user,
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )


def approve(credit: Credit, user: User) -> Credit:
    policy = GatewayPolicy.from_settings()
    return approve_credit(
        merchant_id=credit.merchant_id, credit_id=credit.pk, user=user, policy=policy, now=database_now()
    )


def reject(credit: Credit, user: User) -> Credit:
    return reject_credit(
        merchant_id=credit.merchant_id, credit_id=credit.pk, reason="no", user=user, now=database_now()
    )


def ask_back(payment: Payment, user: User, amount: str) -> Refund:
    return request_refund(
        merchant=payment.merchant,
        payment_id=payment.pk,
        amount=Decimal(amount),
        method=Refund.Method.CASH,
        reason="wants it back",
        user=user,
        now=database_now(),
    )


def differences() -> list[tuple[str, str]]:
    """Nobody invoiced these bills, which the audit rightly says."""
    found = find_differences(now=database_now())
    return [(each.subject, each.problem) for each in found if each.invariant not in {"I3", "I10"}]


@contextmanager
def nothing_changes() -> Iterator[None]:
    def state() -> Any:
        rows = [Bill, Credit, Payment, Event]
        return [list(model.objects.order_by("pk").values()) for model in rows]  # type: ignore[attr-defined]

    before = state()
    yield
    assert state() == before


def figures(merchant: Merchant) -> Any:
    """Everything that tells how much money came in."""
    today, span = merchant.local_date(database_now()), span_of(merchant)
    months = count_months(merchant_ids=[merchant.pk], today=today, zone=span.zone)
    collected = [each for each in months if each.kind == "COLLECTED"]
    return collected_by_method(span).rows, collected_by_user(span).rows, collected, Payment.objects.count()
