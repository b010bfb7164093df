"""`faults/`: switches for people."""

from __future__ import annotations

from django.test import Client

from invoices.sandbox.faults import switch_on
from invoices.sandbox.models import FaultKind, SandboxFault
from tests.invoices.sandbox.merchant import Merchant


def test_the_page_offers_every_fault(db: None) -> None:
    page = Client().get("/sandbox/faults/").content.decode()

    assert all(f'value="{kind.value}"' in page for kind in FaultKind)
    assert "None: the gateway behaves." in page
    assert "<script" not in page
    assert "style=" not in page


def test_a_fault_is_switched_on_and_off(merchant: Merchant) -> None:
    form = {"fault": "TOO_MANY", "applies_to": "ALL", "account": "", "accepts": "", "count": "2", "seconds": ""}

    answer = Client().post("/sandbox/faults/", form)

    fault = SandboxFault.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/sandbox/faults/")
    assert (fault.kind, fault.applies_to, fault.remaining, fault.account) == ("TOO_MANY", "ALL", 2, None)
    assert "every call · all accounts · 2 left" in Client().get("/sandbox/faults/").content.decode()

    Client().post("/sandbox/faults/", {"off": str(fault.pk)})
    assert not SandboxFault.objects.exists()


def test_all_are_switched_off_at_once(db: None) -> None:
    switch_on(kind=FaultKind.DROPPED)
    switch_on(kind=FaultKind.SLOW)

    Client().post("/sandbox/faults/", {"off": "all"})

    assert not SandboxFault.objects.exists()


def test_a_wrong_form_says_why(db: None) -> None:
    answer = Client().post("/sandbox/faults/", {"fault": "SLOW", "seconds": "500"})

    assert answer.status_code == 400
    assert "seconds must be a whole number from 0 to 120." in answer.content.decode()
    assert not SandboxFault.objects.exists()


def test_the_last_calls_are_listed(merchant: Merchant) -> None:
    switch_on(kind=FaultKind.STATUS_FALSE, count=1)
    merchant.create(referenceNumber="INV-1")

    page = Client().get("/sandbox/faults/").content.decode()

    assert "POST api/v1/invoice/" in page
    assert "INV-1" in page
    assert "not carried out" in page


def test_a_post_without_the_form_token_is_refused(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sandbox/faults/", {"fault": "SLOW"})

    assert answer.status_code == 403
    assert not SandboxFault.objects.exists()
