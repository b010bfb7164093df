"""A member of staff who opens page after page of one database, with a watch. Started by bench.admin."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

_BILLS, _INVOICES, _PAYMENTS = "/admin/billing/bill/", "/admin/invoices/invoice/", "/admin/invoices/payment/"
_CUSTOMERS, _INSTALLMENTS = "/admin/billing/customer/", "/admin/subscriptions/installment/"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.test import Client

    from billing.models import User

    counting = _count()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="office"))
    pages = {name: _time(client, address, int(sys.argv[1])) for name, address in _addresses().items()}
    print(json.dumps({"counting_s": counting, "pages": pages}))


def _count() -> float:
    from billing.clock import database_now
    from invoices.services.figures.keeping import keep_figures

    began = time.perf_counter()
    keep_figures(now=database_now(), seconds=600)
    return time.perf_counter() - began


def _addresses() -> dict[str, str]:
    from billing.models import Bill, Customer
    from invoices.models import Invoice

    bills = Bill.objects.filter(merchant__username="office").order_by("pk")
    middle = bills[bills.count() // 2]
    customer = Customer.objects.get(pk=middle.customer_id)
    invoice = Invoice.objects.get(bill=middle)
    name = customer.name.split()[-1]
    return {
        "home": "/admin/",
        "bills": _BILLS,
        "bills, deep": f"{_BILLS}?before={middle.pk}",
        "bills, pending": f"{_BILLS}?status=PENDING",
        "bills, cancelled": f"{_BILLS}?status=CANCELLED",
        "bills, overdue": f"{_BILLS}?due=overdue",
        "bills, created this week": f"{_BILLS}?when=week",
        "bills, oldest first": f"{_BILLS}?o=1",
        "bills, broken promises": f"{_BILLS}?promise=broken",
        "bills, by number": f"{_BILLS}?q={middle.billing_no}",
        "bills, by part of a phone": f"{_BILLS}?q={customer.phone[-6:]}",
        "bills, by name": f"{_BILLS}?q={name}",
        "invoices": _INVOICES,
        "invoices, deep": f"{_INVOICES}?before={invoice.pk}",
        "invoices, refused": f"{_INVOICES}?status=OPEN&delivery=REJECTED",
        "payments": _PAYMENTS,
        "payments, to review": f"{_PAYMENTS}?review_reason=any",
        "customers": _CUSTOMERS,
        "customers, by phone": f"{_CUSTOMERS}?q={customer.phone}",
        "customers, by name": f"{_CUSTOMERS}?q={name}",
        "installments": _INSTALLMENTS,
        "events": "/admin/billing/event/",
        "search box": f"/admin/search/?s={customer.phone[-6:]}",
        "page of a bill": f"{_BILLS}{middle.pk}/change/",
        "page of an invoice": f"{_INVOICES}{invoice.pk}/change/",
        "page of a customer": f"{_CUSTOMERS}{customer.pk}/change/",
    }


def _time(client: Client, address: str, requests: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:  # the first one also warms what is kept
        assert client.get(address).status_code == 200, address
    taken = sorted(_once(client, address) for _ in range(requests))
    p95 = taken[max(0, round(len(taken) * 0.95) - 1)]
    return {"p95_ms": p95, "median_ms": statistics.median(taken), "queries": len(queries)}


def _once(client: Client, address: str) -> float:
    began = time.perf_counter()
    assert client.get(address).status_code == 200, address
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
