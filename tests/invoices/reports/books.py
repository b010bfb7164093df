"""Books with a bit of everything in them, drawn by a seed, and the plain recount that reports are held against."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import Bill, Customer, Merchant, User
from invoices.models import Enquiry, Invoice, Payment, Refund
from invoices.reports.spans import Span
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.admin.rows import make_account
from tests.staff import make_staff

TODAY = date(2026, 3, 15)
NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)


def span_of(merchant: Merchant, *, currency: str = "JOD", **days: date) -> Span:
    """January to the middle of March, unless told."""
    dates = {"from_date": date(2026, 1, 1), "to_date": TODAY} | days
    return Span(merchant=merchant, currency=currency, today=TODAY, **dates)


def local(customer: Customer) -> str:
    return "0" + customer.phone.removeprefix("+962")


class Books:
    """One merchant's, in a zone of its own; another's rows and another currency's stand beside them."""

    def __init__(self, zone: str, *, username: str = "razzbery") -> None:
        self.merchant = make_merchant(username, time_zone=zone)
        self.zone = ZoneInfo(zone)
        self.account = make_account(self.merchant, username)
        self.cashiers = [make_staff(self.merchant, username=f"{name}-{username}") for name in ("rana", "sami")]
        self.customers = [
            make_bill(self.merchant, customer_phone=f"07900000{at:02}", customer_name=f"Customer {at}").customer
            for at in range(4)
        ]
        Bill.objects.filter(merchant=self.merchant).delete()

    def bill(self, **kwargs: Any) -> Bill:
        customer: Customer = kwargs.pop("customer", self.customers[0])
        fields = {name: kwargs.pop(name) for name in ("status", "amount_paid", "paid_at", "currency") if name in kwargs}
        bill = make_bill(self.merchant, customer_phone=local(customer), customer_name=customer.name, now=NOW, **kwargs)
        Bill.objects.filter(pk=bill.pk).update(**fields)
        bill.refresh_from_db()
        return bill

    def plan(self, **kwargs: Any) -> Subscription:
        return make_subscription(self.merchant, **{"customer_phone": local(self.customers[1]), "now": NOW} | kwargs)

    def at(self, day: date, *clock: int) -> datetime:
        return datetime.combine(day, time(*clock), self.zone)

    def cash(
        self, bill: Bill, amount: Decimal, received_at: datetime, by: User | None = None, **kwargs: Any
    ) -> Payment:
        values = {"method": "CASH", "recorded_by": by or self.cashiers[0], "currency": bill.currency} | kwargs
        return Payment.objects.create(
            merchant=self.merchant,
            customer=bill.customer,
            bill=bill,
            amount=amount,
            applied_amount=amount,
            received_at=received_at,
            **values,
        )

    def online(self, bill: Bill, amount: Decimal, received_at: datetime, channel: str = "SMS") -> Payment:
        number = Invoice.objects.count() + 1
        invoice = Invoice.objects.create(
            merchant=self.merchant,
            number=f"INV-{number}",
            reference=f"{self.merchant.username}-{number}",
            customer=bill.customer,
            customer_name=bill.customer.name,
            customer_phone=bill.customer.phone,
            bill=bill,
            issue_no=number,
            currency=bill.currency,
            amount=amount,
            language="ar",
            channel=channel,
            due_date=bill.due_date,
            expires_on=bill.due_date,
            status="PAID",
        )
        enquiry = Enquiry.objects.create(
            merchant=self.merchant,
            invoice=invoice,
            gateway_account=self.account,
            finding="PAID",
            reference=invoice.reference,
            asked_at=received_at,
        )
        return self.cash(
            bill,
            amount,
            received_at,
            method="GATEWAY",
            recorded_by=None,
            invoice=invoice,
            gateway_account=self.account,
            enquiry=enquiry,
            transaction_token=f"T-{number}",
        )

    def refund(self, payment: Payment, amount: Decimal, done_at: datetime | None, method: str = "CASH") -> Refund:
        """Given back at that time; only approved as yet without one."""
        by = self.cashiers[1]
        done = {"status": "DONE", "done_by": by, "done_at": done_at} if done_at else {"status": "APPROVED"}
        return Refund.objects.create(
            merchant=self.merchant,
            payment=payment,
            amount=amount,
            settled_amount=amount,
            method=method,
            reason="came twice",
            reference="R-1",
            needs_second_person=False,
            requested_by=self.cashiers[0],
            requested_at=NOW,
            decided_by=by,
            decided_at=NOW,
            **done,
        )


def random_books(seed: int, zone: str) -> Books:
    """Bills of every state and age, installments asked for and not, money by every way, most of it near midnight."""
    draw, books = Random(seed), Books(zone)
    for _ in range(30):
        books.bill(**_random_bill(draw, books))
    for _ in range(4):
        kind = draw.choice(list(Subscription.Type))
        started = NOW - timedelta(days=draw.randrange(20, 200))
        books.plan(type=kind, now=started, customer_phone=local(draw.choice(books.customers)))
    for installment in Installment.objects.filter(merchant=books.merchant, due_date__lte=TODAY + timedelta(days=40)):
        paid = draw.choice([Decimal(0), Decimal("7.125")])
        status = draw.choice(["INVOICED", "SCHEDULED", "CANCELLED", "SKIPPED", "INVOICED"])
        Installment.objects.filter(pk=installment.pk).update(status=status, amount_paid=paid)
    bills = list(Bill.objects.filter(merchant=books.merchant))
    for _ in range(40):
        _random_payment(draw, books, draw.choice(bills))
    return books


def _random_bill(draw: Random, books: Books) -> dict[str, Any]:
    amount = Decimal(draw.randrange(20_000, 900_000)).scaleb(-3)
    state: dict[str, Any] = draw.choice(
        [
            {},
            {"amount_paid": Decimal("5.250")},
            {"status": "CANCELLED"},
            {"status": "PAID", "amount_paid": amount, "paid_at": NOW},
            {"currency": "SAR"},
        ]
    )
    due_date = TODAY - timedelta(days=draw.choice([-40, -1, 0, 1, 30, 31, 60, 61, 90, 91, draw.randrange(0, 300)]))
    return {"customer": draw.choice(books.customers), "amount": amount, "due_date": due_date} | state


def _random_payment(draw: Random, books: Books, bill: Bill) -> None:
    day = date(2025, 12, 28) + timedelta(days=draw.randrange(0, 82))
    moment = books.at(day, *draw.choice([(0, 0), (0, 30), (2, 59), (3, 0), (12, 0), (21, 30), (23, 59, 59)]))
    amount = Decimal(draw.randrange(1_001, 90_000)).scaleb(-3)
    method = draw.choice(["GATEWAY", "CASH", "TRANSFER"])
    if method == "GATEWAY":
        payment = books.online(bill, amount, moment, channel=draw.choice(["SMS", "WHATSAPP", "EMAIL", "LINK"]))
    else:
        payment = books.cash(bill, amount, moment, by=draw.choice(books.cashiers), method=method)
    if draw.random() < 0.4:
        later = moment + timedelta(days=draw.randrange(0, 9))
        books.refund(
            payment,
            amount - 1,
            draw.choice([later, None]),
            draw.choice(["CASH", "TRANSFER"]),
        )
