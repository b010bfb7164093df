"""A merchant, its customers and its gateway, and everything that can happen between them; for the state machine."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final, TypeVar

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model, QuerySet, Sum
from django.utils import timezone

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, User
from billing.services import cancel_bill
from invoices.audit.difference import Difference
from invoices.models import GatewayCallback, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import AppliesTo, FaultKind, SandboxInvoice, SandboxTransaction
from invoices.sandbox.payments import NotPayable, pay_invoice
from invoices.services import sweeps
from invoices.services.accounts import unpark_account
from invoices.services.callbacks.keeping import keep_callback
from invoices.services.callbacks.processing import process_callbacks
from invoices.services.cancelling import cancel_invoice
from invoices.services.enquiries.errands import ERRANDS, due_accounts, run_errands
from invoices.services.issuing_for_all import issue_for_all
from invoices.services.pushing.due_accounts import accounts_to_push
from invoices.services.takings import take_payment
from subscriptions.models import Installment, Subscription
from subscriptions.services import cancel_subscription, pause_subscription, resume_subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.infrastructure.moving_clock import MovingClock
from tests.invoices.callbacks.arrivals import webhook_of
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

Row = TypeVar("Row", bound=Model)
ZERO: Final = Decimal(0)
PLAN_SERVICES: Final = {"cancel": cancel_subscription, "pause": pause_subscription, "resume": resume_subscription}


class Killed(BaseException):
    """This process is no more."""


@contextmanager
def dying_at(statement: int | None) -> Iterator[None]:
    """The process ends at its so-many-th statement, wherever that is: what it has not committed is gone."""
    numbers = count(1)

    def execute(execute: Callable[..., Any], *args: Any) -> Any:
        if next(numbers) == statement:
            raise Killed
        return execute(*args)

    with contextlib.suppress(Killed), connection.execute_wrapper(execute):
        yield


class World:
    """Begins anew with every `World`: all tables are emptied."""

    def __init__(self, *, base_url: str, clock: MovingClock) -> None:
        empty_all_tables()
        clock.reset()
        self.clock = clock
        self.shop: SandboxedMerchant = connect_to_sandbox(make_merchant("razzbery"), base_url=base_url)
        self.merchant = self.shop.merchant
        self.cashier = User.objects.create(username="cashier", is_staff=True)
        self.announcements: list[dict[str, Any]] = []
        # Of two payments for one invoice an enquiry names one, and none is made once it is paid: callbacks must come.
        self.surplus: list[dict[str, Any]] = []

    # --- what the merchant's systems and staff do --------------------------------------------------------

    def post_bill(self, *, amount: Decimal, due_in: int) -> None:
        make_bill(self.merchant, amount=amount, due_date=self._day(due_in), now=database_now())

    def post_plan(self, *, kind: str, first_in: int) -> None:
        fields: dict[str, Any] = {}
        if kind == "CUSTOM_SCHEDULE":
            days = [self._day(first_in + 20 * number) for number in range(3)]
            fields = {
                "total_amount": Decimal("9.000"),
                "custom_installments": tuple((day, Decimal("3.000"), "") for day in days),
            }
        elif kind == "FIXED_MONTHLY":
            fields = {"total_amount": Decimal("50.000"), "monthly_payment": Decimal("20.000")}
        make_subscription(self.merchant, Subscription.Type(kind), now=database_now(), **fields)

    def cancel_bill(self, which: int) -> None:
        self._try(cancel_bill, _pick(Bill.objects, which), "bill_id", reason="a mistake")

    def cancel_invoice(self, which: int) -> None:
        self._try(cancel_invoice, _pick(Invoice.objects, which), "invoice_id")

    def change_plan(self, which: int, change: str) -> None:
        self._try(PLAN_SERVICES[change], _pick(Subscription.objects, which), "subscription_id")

    def take_cash(self, which: int, *, part: bool) -> None:
        payables: list[Bill | Installment] = [*Bill.objects.order_by("pk"), *Installment.objects.order_by("pk")]
        owed = [payable for payable in payables if payable.amount_due > 0]
        if not owed:
            return
        payable = owed[which % len(owed)]
        with contextlib.suppress(DomainError):
            take_payment(
                payable=payable,
                method=Payment.Method.CASH,
                amount=Decimal("1.000") if part and payable.amount_due > 1 else payable.amount_due,
                recorded_by=self.cashier,
                note="",
                policy=GatewayPolicy.from_settings(),
                now=database_now(),
            )

    def mend_account(self) -> None:
        unpark_account(merchant_id=self.shop.merchant.pk, account_id=self.shop.account.pk, actor="user:1")

    def _try(self, service: Callable[..., Any], row: Model | None, name: str, **kwargs: Any) -> None:
        if row is not None:
            kwargs |= {"merchant_id": self.merchant.pk, name: row.pk, "actor": "user:1", "now": database_now()}
            with contextlib.suppress(DomainError):
                service(**kwargs)

    # --- what workers do ---------------------------------------------------------------------------------

    def issue(self) -> None:
        issue_for_all(now=database_now())

    def push(self, fault: FaultKind | None) -> None:
        with self._spoiling([AppliesTo.CREATE], fault):
            accounts_to_push(now=database_now())
            self.shop.push()

    def run_errands(self, fault: FaultKind | None) -> None:
        policy = GatewayPolicy.from_settings()
        with self._spoiling([AppliesTo.ENQUIRE, AppliesTo.CANCEL], fault):
            for errand in ERRANDS.values():
                for account_id in due_accounts(errand, now=database_now()):
                    run_errands(errand, account_id=account_id, policy=policy)

    def tidy(self) -> None:
        sweeps.tidy(now=database_now())

    def process_callbacks(self) -> None:
        process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now())

    def work(self) -> dict[str, int]:
        return sweeps.sweep_everything(now=database_now(), policy=GatewayPolicy.from_settings())

    @contextmanager
    def _spoiling(self, calls: Sequence[AppliesTo], fault: FaultKind | None) -> Iterator[None]:
        for applies_to in calls if fault else []:
            self.shop.fault(fault, applies_to=applies_to, count=1, seconds=1)  # type: ignore[arg-type]
        yield
        self.shop.no_faults()

    # --- what customers, the gateway and strangers do ----------------------------------------------------

    def customer_pays(self, which: int, *, times: int) -> None:
        invoice = _pick(SandboxInvoice.objects, which)
        if invoice is not None:
            with contextlib.suppress(NotPayable):
                paid = pay_invoice(token=invoice.token, now=timezone.now(), times=times)
                announced = [webhook_of(transaction) for transaction in paid]
                self.announcements += announced
                self.surplus += announced if len(announced) > 1 else []

    def gateway_announces(self, which: int) -> None:
        """One of the payments so far, again or for the first time, in any order."""
        if self.announcements:
            self._receive(self.announcements[which % len(self.announcements)])

    def stranger_announces(self, which: int, *, with_real_token: bool) -> None:
        invoice = _pick(Invoice.objects, which)
        token = self.announcements[0]["token"] if with_real_token and self.announcements else "f" * 32
        reference = invoice.reference if invoice else "INV-20250101-0001-aaaaaa"
        self._receive({"token": token, "reference_number": reference, "amount": "0.001", "status": "SUCCESSFUL"})

    def _receive(self, webhook: dict[str, Any]) -> None:
        keep_callback(
            merchant=self.merchant,
            kind=GatewayCallback.Kind.WEBHOOK,
            payload=json.dumps(webhook).encode(),
            content_type="application/json",
            inbox_limit=100,
            now=database_now(),
        )

    # --- how it must look, always and in the end ---------------------------------------------------------

    def differences(self, *, at_gateways: bool = False) -> list[Difference]:
        return find_differences(now=database_now(), at_gateways=at_gateways)

    def doubled(self) -> list[str]:
        doubled: list[str] = self.shop.book()["doubled"]
        return doubled

    def paid_without_money(self) -> list[str]:
        paid = Invoice.objects.filter(status=Invoice.Status.PAID)
        unproven = [invoice.reference for invoice in paid if self._came_in(invoice) < invoice.amount]
        for payable in [*Bill.objects.all(), *Installment.objects.all()]:
            cash = payable.payments.exclude(method=Payment.Method.GATEWAY).aggregate(sum=Sum("amount"))["sum"] or ZERO
            if payable.amount_paid > cash + sum(map(self._came_in, payable.invoices.all()), ZERO):
                unproven.append(str(payable))
        return unproven

    def _came_in(self, invoice: Invoice) -> Decimal:
        paid = SandboxTransaction.objects.filter(
            invoice__reference_number=invoice.reference, status=SandboxTransaction.Status.SUCCESSFUL
        )
        return paid.aggregate(sum=Sum("amount"))["sum"] or ZERO

    def lost_money(self) -> set[str]:
        """Payments at the gateway that we know nothing of."""
        there = SandboxTransaction.objects.filter(status=SandboxTransaction.Status.SUCCESSFUL)
        known = Payment.objects.filter(method=Payment.Method.GATEWAY).values_list("transaction_token", flat=True)
        return set(there.values_list("token", flat=True)) - set(known)

    def come_to_rest(self) -> None:
        """Nothing goes wrong any more, and what is due is done, until nothing is, but for an hour or two at most."""
        self.shop.no_faults()
        for webhook in self.surplus:
            self._receive(webhook)
        for _ in range(12):
            self.mend_account()
            self.clock.advance(timedelta(minutes=7))
            if not any(self.work().values()):
                return

    def _day(self, days_from_now: int) -> Any:
        return self.merchant.local_date(database_now()) + timedelta(days=days_from_now)


def empty_all_tables() -> None:
    """As `flush` does, without its signals: they cost most of its time."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=False, allow_cascade=False)
    connection.ops.execute_sql_flush(statements)


def _pick(rows: QuerySet[Row] | Any, which: int) -> Row | None:
    found = list(rows.order_by("pk"))
    return found[which % len(found)] if found else None
