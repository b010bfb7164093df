"""The whole path once: the documents' own requests in, paid invoices out, by real processes and a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from billing.models import Bill, Channel, Merchant
from invoices.models import Invoice
from subscriptions.models import Installment
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes, RunningProcess, WebServer
from tests.infrastructure.waiting import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.browser]

DOCUMENTS = Path(__file__).resolve().parents[1] / "contract" / "documents"
PASSWORD = "a-clerk-of-the-demo"
REQUESTS = {
    "bill": "add_bill_request.json",
    "fixed": "fixed_monthly_request.json",
    "custom": "custom_schedule_request.json",
    "open": "open_ended_request.json",
}


@dataclass
class Office:
    """The running product, with one merchant nobody has billed through yet."""

    base_url: str
    key: str

    def post(self, name: str) -> requests.Response:
        kind = "bill" if name == "bill" else "subscription"
        return requests.post(
            f"{self.base_url}/merchant-0002/v1/add/{kind}",
            data=(DOCUMENTS / REQUESTS[name]).read_bytes(),
            headers={"X-API-Key": self.key, "Content-Type": "application/json"},
            timeout=10,
        )

    def inbox(self) -> str:
        return requests.get(f"{self.base_url}/sandbox/inbox/", timeout=10).text


@pytest.fixture
def office(
    live_database: LiveDatabase,
    processes: Processes,
    gunicorn: Callable[..., WebServer],
    celery_worker: Callable[..., RunningProcess],
    tmp_path: Path,
) -> Office:
    web = gunicorn(threads=16)
    environment = {"PUBLIC_BASE_URL": web.base_url, "SWEEP_INTERVAL": "5", "CALLBACK_SWEEP_INTERVAL": "2"}
    keys = tmp_path / "keys.json"
    processes.manage("seed_demo", "--merchants", "2", "--keys-out", str(keys), env=environment)
    processes.manage(
        *("createsuperuser", "--noinput", "--username", "clerk", "--email", "clerk@example.com"),
        env=environment | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD},
    )
    celery_worker(env=environment, arguments=["-B"])
    return Office(web.base_url, json.loads(keys.read_text())["merchants"][1]["key"])


def sent() -> list[Invoice]:
    return list(Invoice.objects.filter(merchant__username="merchant-0002", delivery="SENT").order_by("pk"))


def test_the_documents_requests_become_paid_invoices(office: Office, page: Any) -> None:
    answers = {name: office.post(name) for name in REQUESTS}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(REQUESTS, 200)
    wait_until(lambda: len(sent()) >= 4, 30, reason="the bill and the custom schedule's three are sent")
    inbox = office.inbox()
    for invoice in sent():
        assert invoice.reference in inbox

    bill_page = re.search(r"<(.+)>; rel=\"payment\"", answers["bill"].headers["Link"])
    assert bill_page is not None
    pay_in_browser(page, bill_page.group(1))
    bill = Bill.objects.get(public_id=answers["bill"].json()["data"]["_id"])
    assert bill.status == Bill.Status.PAID

    installment = Installment.objects.filter(subscription__product_name="Laptop Dell XPS 15").last()
    assert installment is not None
    invoice = installment.invoices.get()
    page.goto(invoice.gateway_url)
    page.locator("button[value=pay]").click()
    wait_until(lambda: installment.refresh_from_db() or installment.status == "PAID", 30, reason="it is settled")
    see_paid_in_the_admin(page, office, bill)


def see_paid_in_the_admin(page: Any, office: Office, bill: Bill) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{office.base_url}/admin/billing/bill/{bill.pk}/change/")
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.locator("#login-form button[type=submit]").click()
    page.wait_for_url(f"**/bill/{bill.pk}/change/")
    shown = page.inner_text("body")
    assert bill.billing_no in shown
    assert "Paid" in shown


def pay_in_browser(page: Any, url: str) -> None:
    """As a customer would: open the link, press pay, pay at the gateway, come back, see it paid."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{url}?lang=en")
    assert "JOD" in page.inner_text("body")
    page.get_by_role("button").first.click()
    page.locator("button[value=pay]").click()
    page.wait_for_url("**/gateway/checking/**")
    wait_until(lambda: "Paid" in _text_of(page, f"{url}?lang=en"), 60, interval=1, reason="the page says paid")


def _text_of(page: Any, url: str) -> str:
    page.goto(url)
    return str(page.inner_text("body"))


def test_each_channel_reaches_the_inbox_after_switching_the_merchants(office: Office) -> None:
    for count, channel in enumerate(Channel, start=1):
        Merchant.objects.filter(username="merchant-0002").update(channel=channel)
        office.post("bill")
        wait_until(lambda wanted=count: len(sent()) == wanted, 30, reason=f"{channel} is sent")

    assert [invoice.channel for invoice in sent()] == ["SMS", "WHATSAPP", "EMAIL", "LINK"]
    inbox = office.inbox()
    for label in ("SMS", "WhatsApp", "E-mail", "Link returned to the merchant"):
        assert label in inbox
