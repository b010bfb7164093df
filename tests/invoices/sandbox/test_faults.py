"""Each fault as an answer. Those that need a real connection stand in test_faults_over_http.py."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from invoices.sandbox.accounts import find_account, published_account
from invoices.sandbox.cipher import Undecipherable, decipher
from invoices.sandbox.faults import switch_off, switch_on
from invoices.sandbox.models import AppliesTo, FaultKind, SandboxFault, SandboxInvoice
from invoices.sandbox.models.fault import PAYMENT_KINDS
from invoices.sandbox.spoiled_answers import SPOILERS
from tests.invoices.sandbox.merchant import Merchant


def test_every_fault_of_the_wire_has_its_answer() -> None:
    assert set(SPOILERS) == set(FaultKind) - PAYMENT_KINDS


def test_accepted_then_500(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.ACCEPTED_500)

    assert answer.status_code == 500
    assert answer.json() == {"status": False, "code": 0, "message": "Internal Server Error"}
    assert _made() == 1


def test_html_500(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.HTML_500)

    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert answer.content.startswith(b"<!DOCTYPE html>")
    assert _made() == 1


def test_garbage_is_no_hex_and_no_json(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.GARBAGE)

    assert answer.status_code == 200
    with pytest.raises(ValueError):
        bytes.fromhex(answer.content.decode())
    with pytest.raises(ValueError):
        answer.json()
    assert _made() == 1


def test_an_answer_under_another_key_is_whole_hex(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.WRONG_KEY)

    body = answer.content.decode()
    assert len(bytes.fromhex(body)) % 32 == 0
    account = published_account()
    with pytest.raises(Undecipherable):
        decipher(body, secret_key=account.secret_key, iv_key=account.iv_key)
    assert _made() == 1


def test_a_wrong_echo_names_another_reference_and_amount(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.WRONG_ECHO)

    invoice = merchant.open(answer)["response"]
    assert (invoice["reference_number"], invoice["amount"]) == ("ANOTHER-REFERENCE", "0.001")
    assert SandboxInvoice.objects.get().reference_number == "1234"


def test_a_packed_flood_is_small_on_the_wire(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.GZIP_BOMB)

    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 100_000
    assert len(gzip.decompress(answer.content)) == 50 * 1024 * 1024
    assert _made() == 1


def test_refused_500_creates_nothing(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.REFUSED_500)

    assert answer.status_code == 500
    assert _made() == 0


def test_404_has_a_message_and_no_status(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.NOT_FOUND)

    assert (answer.status_code, answer.json()) == (404, {"message": "Unauthorized or Permission Denied"})
    assert _made() == 0


def test_status_false_comes_with_200(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.STATUS_FALSE)

    assert answer.status_code == 200
    assert merchant.open(answer) == {
        "status": False,
        "message": "Invalid request data",
        "response": None,
        "code": 506,
    }
    assert _made() == 0


def test_field_errors(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.FIELD_ERRORS)

    assert answer.status_code == 422
    assert merchant.open(answer)["response"] == {"mobileNumber": ["is not a number the gateway can reach"]}
    assert _made() == 0


def test_a_redirect_leads_to_another_host(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.REDIRECT)

    assert (answer.status_code, answer["Location"]) == (302, "https://elsewhere.example/")
    assert _made() == 0


@pytest.mark.parametrize(("seconds", "retry_after"), [(None, "2"), (60, "60"), (0, "0")])
def test_429_says_when_to_come_again(merchant: Merchant, seconds: int | None, retry_after: str) -> None:
    answer = _create_under(merchant, FaultKind.TOO_MANY, seconds=seconds)

    assert (answer.status_code, answer["Retry-After"]) == (429, retry_after)
    assert answer.json() == {"message": "Too Many Attempts."}
    assert _made() == 0


def test_401(merchant: Merchant) -> None:
    answer = _create_under(merchant, FaultKind.UNAUTHORIZED)

    assert answer.status_code == 401
    assert answer.json() == {"status": False, "code": 501, "message": "Authentication failed."}
    assert _made() == 0


@pytest.mark.parametrize(
    ("kind", "accepts", "made"),
    [(FaultKind.UNAUTHORIZED, True, 1), (FaultKind.HTML_500, False, 0), (FaultKind.WRONG_ECHO, False, 0)],
)
def test_a_fault_can_be_told_to_carry_out_the_call_or_not(
    merchant: Merchant, kind: FaultKind, accepts: bool, made: int
) -> None:
    _create_under(merchant, kind, accepts=accepts)

    assert _made() == made


def test_an_enquiry_may_find_nothing(merchant: Merchant) -> None:
    invoice = merchant.created(referenceNumber="INV-1")
    switch_on(kind=FaultKind.NOTHING_FOUND)

    page = merchant.open(merchant.get("invoice-dashboard", search="INV-1"))["response"]["invoices"]

    assert (page["data"], page["total"]) == ([], 0)
    assert merchant.get(f"invoice/{invoice['id']}").status_code == 404
    assert merchant.get_transaction("INV-1", isOrderReference="1").status_code == 404
    assert merchant.create().status_code == 200


def test_an_enquiry_may_lie(merchant: Merchant) -> None:
    merchant.created(referenceNumber="INV-1")
    switch_on(kind=FaultKind.WRONG_ECHO, applies_to=AppliesTo.ENQUIRE)

    page = merchant.open(merchant.get("invoice-dashboard", search="INV-1"))["response"]["invoices"]

    assert [each["amount"] for each in page["data"]] == ["0.001"]


def test_a_counted_fault_ends_by_itself(merchant: Merchant) -> None:
    switch_on(kind=FaultKind.REFUSED_500, count=2)

    assert [merchant.create().status_code for _ in range(3)] == [500, 500, 200]


def test_different_faults_queue_up(merchant: Merchant) -> None:
    switch_on(kind=FaultKind.TOO_MANY, count=1)
    switch_on(kind=FaultKind.UNAUTHORIZED, count=1)

    assert [merchant.create().status_code for _ in range(3)] == [429, 401, 200]


def test_a_fault_without_count_lasts_until_switched_off(merchant: Merchant) -> None:
    fault = switch_on(kind=FaultKind.REFUSED_500)
    spoiled = [merchant.create().status_code for _ in range(3)]

    switch_off(fault_id=fault.pk)

    assert (spoiled, merchant.create().status_code) == ([500] * 3, 200)


@pytest.mark.parametrize(
    ("applies_to", "statuses"),
    [
        (AppliesTo.CREATE, (500, 200, 200)),
        (AppliesTo.ENQUIRE, (200, 500, 200)),
        (AppliesTo.CANCEL, (200, 200, 500)),
        (AppliesTo.ALL, (500, 500, 500)),
    ],
)
def test_a_fault_spoils_only_the_calls_it_applies_to(
    merchant: Merchant, applies_to: AppliesTo, statuses: tuple[int, int, int]
) -> None:
    token = merchant.created()["token"]
    switch_on(kind=FaultKind.REFUSED_500, applies_to=applies_to)

    created = merchant.create().status_code
    searched = merchant.get("invoice-dashboard", search="").status_code
    cancelled = merchant.put(f"invoice/{token}", statusId="3").status_code

    assert (created, searched, cancelled) == statuses


def test_a_fault_of_one_account_spares_the_others(merchant: Merchant, stranger: Merchant) -> None:
    account = find_account(stranger.credentials.access_code)
    switch_on(kind=FaultKind.REFUSED_500, account=account, count=1)

    assert merchant.create().status_code == 200
    assert stranger.create().status_code == 500


def test_a_payment_fault_spoils_no_call(merchant: Merchant) -> None:
    switch_on(kind=FaultKind.WEBHOOK_LOST, count=1)

    assert merchant.create().status_code == 200
    assert SandboxFault.objects.get().remaining == 1


def _create_under(merchant: Merchant, kind: FaultKind, **changes: Any) -> Any:
    switch_on(kind=kind, count=1, **changes)
    return merchant.create()


def _made() -> int:
    return SandboxInvoice.objects.count()
