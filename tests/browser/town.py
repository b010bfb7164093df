"""The running product, as customers and staff meet it: a web server, a worker with its timetable, and the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from billing.models import Bill, Customer
from invoices.models import Invoice
from invoices.sandbox.models import SandboxAccount
from invoices.services.orders import return_url, webhook_url
from tests.factories import make_bill, make_merchant
from tests.infrastructure.processes import RunningProcess, WebServer
from tests.infrastructure.waiting import wait_until
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

# Sweeps come every second, so that no walk depends on being woken; calls have as long as a busy machine takes.
BRISK = {
    "GATEWAY_DEADLINE": "20",
    "GATEWAY_LEASE": "90",
    "GATEWAY_BREAKER_PAUSE": "1",
    "SWEEP_INTERVAL": "1",
    "ERRAND_SWEEP_INTERVAL": "1",
    "CALLBACK_SWEEP_INTERVAL": "1",
    "REMINDER_SWEEP_INTERVAL": "2",
    "PAGES_PER_ADDRESS": "0/m",
    "DOCUMENTS_PER_ADDRESS": "0/m",
}
PATIENCE = 90.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Town:
    """`gateway` is on another origin than our own pages, as in life."""

    web: WebServer
    worker: RunningProcess

    @property
    def gateway(self) -> str:
        return self.web.base_url.replace("127.0.0.1", "localhost")

    def open_shop(self, username: str, **kwargs: Any) -> SandboxedMerchant:
        """A merchant that can be paid, and whom the gateway tells."""
        stated = {"name_ar": "رازبيري للحلول", "language": "en", "help_phone": "06 500 0000"}
        shop = connect_to_sandbox(make_merchant(username, **stated | kwargs), base_url=self.gateway)
        addresses = {"return_url": return_url(shop.merchant), "webhook_url": webhook_url(shop.merchant)}
        SandboxAccount.objects.filter(access_code=shop.access_code).update(**addresses)
        return shop


def sent_bill(shop: SandboxedMerchant, **kwargs: Any) -> Bill:
    """A bill due today, in the customer's hands as soon as the worker has sent it."""
    bill = make_bill(shop.merchant, **{"due_date": shop.merchant.local_date(timezone.now())} | kwargs)
    wait_until_sent(bill)
    return bill


def wait_until_sent(bill: Bill, count: int = 1) -> Invoice:
    """The bill's last invoice, once it has so many and the gateway has all of them."""

    def are_sent() -> bool:
        return invoices_of(bill).filter(delivery=Invoice.Delivery.SENT).count() == count

    wait_until(are_sent, PATIENCE, interval=0.2, reason=f"{count} invoices are sent")
    return invoices_of(bill).latest("pk")


def wait_until_settled(bill: Bill) -> None:
    def is_paid() -> bool:
        return Bill.objects.get(pk=bill.pk).status == Bill.Status.PAID

    wait_until(is_paid, PATIENCE, interval=0.2, reason=f"{bill} is paid")


def invoices_of(bill: Bill) -> QuerySet[Invoice]:
    return Invoice.objects.filter(bill_id=bill.pk)


def speaks(bill: Bill, language: str) -> None:
    Customer.objects.filter(pk=bill.customer_id).update(language=language)
