"""
One worker process of `bench.push`, measured from inside; prints what it did as JSON.

    python -m bench.push_worker (prepare|push|bare) --gateway URL [--milliseconds 200] [--hanging 30000] [--seconds 10]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, transaction
from django.utils import timezone

from bench.gateway import CIPHER
from billing.models import Bill, Customer, Merchant
from invoices.gateway.orders import InvoiceOrder
from invoices.messages.wordings import Wordings
from invoices.models import GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.gateways import client_for
from invoices.services.orders import order_of
from invoices.services.pushing.delivery import push_due
from invoices.services.pushing.due_invoices import Take, lock_oldest

ACCOUNTS = 8


def prepare(options: argparse.Namespace) -> dict[str, Any]:
    for index in range(ACCOUNTS):
        merchant = Merchant.objects.create(username=f"merchant-{index}", name_en=f"Merchant {index}")
        account = GatewayAccount.objects.create(
            merchant=merchant,
            base_url=options.gateway,
            payment_base_url=options.gateway,
            merchant_code="842217",
            access_code="c333729b-d060-4b74-a49d-7686a8353481",
            secret_key=CIPHER.secret_key,
            iv_key=CIPHER.iv_key,
            currency=merchant.currency,
        )
        _make_invoices(account, options.invoices)
    return {}


def _make_invoices(account: GatewayAccount, count: int) -> None:
    merchant, today = account.merchant, timezone.now().date()
    customers = Customer.objects.bulk_create(
        Customer(merchant=merchant, name=f"Customer {index}", phone=f"+96279{index:07d}") for index in range(count)
    )
    bills = Bill.objects.bulk_create(_bill(customer, index) for index, customer in enumerate(customers))
    Invoice.objects.bulk_create(
        Invoice(
            merchant=merchant,
            number=f"INV-{index}",
            reference=f"INV-{merchant.pk}-{index}-4Q7XWB9K",
            customer_id=bill.customer_id,
            customer_name=bill.customer_name,
            customer_phone=bill.customer_phone,
            bill=bill,
            currency=merchant.currency,
            amount=bill.amount,
            description="Water Bill",
            language="en",
            channel="SMS",
            due_date=today,
            expires_on=today + timedelta(days=30),
            gateway_account=account,
        )
        for index, bill in enumerate(bills)
    )


def _bill(customer: Customer, index: int) -> Bill:
    return Bill(
        merchant=customer.merchant,
        public_id=f"bill-{customer.merchant_id}-{index}",
        customer=customer,
        customer_name=customer.name,
        customer_phone=customer.phone,
        service_type="Water Bill",
        currency=customer.merchant.currency,
        amount=Decimal("150.500"),
        due_date=timezone.now().date(),
        billing_no=f"BN-{index}",
        bill_no=f"BL-{index}",
    )


def push(options: argparse.Namespace) -> dict[str, Any]:
    _forget()
    accounts = list(GatewayAccount.objects.order_by("pk").values_list("pk", flat=True))
    GatewayAccount.objects.update(base_url=f"{options.gateway}/{options.milliseconds}")
    if options.hanging:
        GatewayAccount.objects.filter(pk=accounts[0]).update(base_url=f"{options.gateway}/{options.hanging}")
    policy = GatewayPolicy.from_settings()
    measured = _measured(lambda: push_due(account_ids=accounts, policy=policy, seconds=options.seconds))
    sent = Invoice.objects.filter(delivery="SENT").exclude(gateway_account=accounts[0]).count()
    return measured | {"others": sent / measured["seconds"]}


def _forget() -> None:
    """As if nothing had been sent yet."""
    Invoice.objects.exclude(delivery="NEW").update(
        delivery="NEW", sent_at=None, next_poll_at=None, next_attempt_at=timezone.now(), attempts=0
    )
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE invoices_deliveryattempt, billing_event CASCADE")
        cursor.execute("VACUUM ANALYZE invoices_invoice")


def bare(options: argparse.Namespace) -> dict[str, Any]:
    """The same calls by the same client and as many threads, and nothing else."""
    account = GatewayAccount.objects.select_related("merchant").order_by("pk")[0]
    account.base_url = f"{options.gateway}/{options.milliseconds}"
    client, today = client_for(account), timezone.now().date()
    order = _order(account)
    ends_at = time.monotonic() + options.seconds

    def call() -> int:
        count = 0
        while time.monotonic() < ends_at:
            client.create_invoice(order, today=today)
            count += 1
        return count

    def all_threads() -> int:
        with ThreadPoolExecutor(64) as callers:
            return sum(each.result() for each in [callers.submit(call) for _ in range(64)])

    return _measured(all_threads)


@transaction.atomic
def _order(account: GatewayAccount) -> InvoiceOrder:
    (invoice,) = lock_oldest([Take(account, 1)], now=timezone.now())
    return order_of(invoice, account=account, wordings=Wordings())


def _measured(work: Callable[[], int]) -> dict[str, float]:
    began, used = time.monotonic(), _cpu()
    calls = work()
    seconds = time.monotonic() - began
    return {"calls": calls, "seconds": seconds, "rate": calls / seconds, "cpu_ms": 1000 * (_cpu() - used) / calls}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["prepare", "push", "bare"])
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--milliseconds", type=int, default=0)
    parser.add_argument("--hanging", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--invoices", type=int, default=3000)
    options = parser.parse_args()
    works: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {"prepare": prepare, "push": push, "bare": bare}
    print(json.dumps(works[options.work](options)))


if __name__ == "__main__":
    main()
