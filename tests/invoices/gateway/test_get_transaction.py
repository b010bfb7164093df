from decimal import Decimal

import pytest

from invoices.gateway.codes import TransactionStatus
from invoices.gateway.errors import CredentialsRefused, ReplyInvalid, Unavailable
from invoices.gateway.transport import SentButLost
from tests.invoices.gateway.accounts import ACCESS_CODE, client
from tests.invoices.gateway.scripted_transport import ScriptedTransport, html, plain

PAID = {
    "token": "842217169",
    "amount": "280.000",
    "reference_number": "INV-7-x9k2",
    "status": "SUCCESSFUL",
    "PaymentID": 100,
    "payment_type": "KNET",
    "datetime": "2027-01-10 10:09:36",
    "__class__": "ignored",
}


def answer(**changes):
    return plain({"status": True, "data": PAID | changes})


def test_a_payment_is_read_by_its_token():
    transport = ScriptedTransport(answer())

    paid = client(transport).get_transaction("842217169")

    (sent,) = transport.sent
    assert sent.url == "https://pay.example/api/transaction/842217169"
    assert sent.headers["accessCode"] == ACCESS_CODE
    assert (paid.token, paid.amount, paid.reference) == ("842217169", Decimal("280"), "INV-7-x9k2")
    assert paid.status is TransactionStatus.SUCCESSFUL
    assert (paid.payment_id, paid.payment_type, paid.paid_at_text) == ("100", "KNET", "2027-01-10 10:09:36")


def test_a_payment_is_read_by_our_reference():
    transport = ScriptedTransport(answer())

    assert client(transport).get_transaction_by_reference("INV-7-x9k2").token == "842217169"
    assert transport.sent[0].url == "https://pay.example/api/transaction/INV-7-x9k2?isOrderReference=1"


@pytest.mark.parametrize(
    ("token", "segment"),
    [("a/b", "a%2Fb"), ("../../admin", "..%2F..%2Fadmin"), ("a%2Fb?x#y", "a%252Fb%3Fx%23y")],
)
def test_a_token_stays_one_segment_of_the_path(token, segment):
    transport = ScriptedTransport(plain({"message": "none"}, status=404))

    assert client(transport).get_transaction(token) is None
    assert transport.sent[0].url == f"https://pay.example/api/transaction/{segment}"


@pytest.mark.parametrize("body", [{"status": True, "data": None}, {"status": True, "data": []}])
def test_an_empty_answer_is_no_payment(body):
    assert client(ScriptedTransport(plain(body))).get_transaction_by_reference("R") is None


@pytest.mark.parametrize("status", ["successful", " SUCCESSFUL", "CAPTURED", True, None, 1, [], "PAID"])
def test_only_three_statuses_exist(status):
    with pytest.raises(ReplyInvalid):
        client(ScriptedTransport(answer(status=status))).get_transaction("842217169")


@pytest.mark.parametrize("amount", ["1e30", "NaN", "-1", "٢٨٠", "1,000.000"])
def test_an_amount_that_cannot_be_read_is_an_alarm(amount):
    with pytest.raises(ReplyInvalid):
        client(ScriptedTransport(answer(amount=amount))).get_transaction("842217169")


def test_an_answer_about_another_payment_is_an_alarm():
    with pytest.raises(ReplyInvalid):
        client(ScriptedTransport(answer())).get_transaction("other")
    with pytest.raises(ReplyInvalid):
        client(ScriptedTransport(answer())).get_transaction_by_reference("other")


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (html(500), Unavailable),
        (SentButLost("x"), Unavailable),
        (html(200), ReplyInvalid),
        (plain({"status": True, "data": "x"}), ReplyInvalid),
        (plain({"status": False, "code": 501}, status=401), CredentialsRefused),
    ],
)
def test_a_failed_enquiry_says_what_to_do(step, error):
    with pytest.raises(error):
        client(ScriptedTransport(step)).get_transaction("842217169")
