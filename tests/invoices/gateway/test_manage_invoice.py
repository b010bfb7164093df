import pytest

from invoices.gateway.errors import OutcomeUnknown, Rejected, ReplyInvalid, Throttled, Unanswered
from invoices.gateway.transport import NotSent, RawAnswer, SentButLost
from tests.invoices.gateway.accounts import accepted, client, invoice
from tests.invoices.gateway.scripted_transport import ScriptedTransport, html, plain, sealed

CANCELLED = RawAnswer(
    200,
    {},
    b"60a8f6241932227b840a9f5e36987f4d894e5813e1ec714a9f1093832ea77937b298e2fd12ae31865c8949b356931c0f"
    b"d6c88f5b188f1e01857538b4431055a88813ef3ef595ff271d7ac37f0338f9a4689fd9bec344551d7b4c0c9a382f99d9",
)


def test_an_invoice_is_cancelled_by_its_token():
    transport = ScriptedTransport(CANCELLED)

    client(transport).cancel_invoice("tok/1")

    (sent,) = transport.sent
    assert (sent.method, sent.path) == ("PUT", "/api/v1/invoice/tok%2F1")
    assert sent.payload == {"merchantCode": "842217", "statusId": "3"}


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (NotSent("x"), Unanswered),
        (html(429), Throttled),
        (SentButLost("x"), OutcomeUnknown),
        (html(500), OutcomeUnknown),
        (html(200), ReplyInvalid),
        (plain({"message": "done?"}), ReplyInvalid),
        (plain({"message": "Not found"}, status=404), Rejected),
        (sealed({"status": False, "code": 500}), Rejected),
    ],
)
def test_a_failed_cancellation_says_what_to_do(step, error):
    with pytest.raises(error) as caught:
        client(ScriptedTransport(step)).cancel_invoice("tok-1")

    assert type(caught.value) is error


def test_a_message_is_sent_again():
    transport = ScriptedTransport(sealed(accepted(None)))

    client(transport).resend_invoice("5123", "+962777839071")

    (sent,) = transport.sent
    assert (sent.method, sent.path) == ("POST", "/api/v1/invoice/resend")
    assert sent.payload == {
        "merchantCode": "842217",
        "resendId": "5123",
        "mobileNumber": "777839071",
        "countryCode": "+962",
    }


def test_one_invoice_is_read():
    transport = ScriptedTransport(sealed(accepted(invoice(invoice_status="1", transaction={"token": "tx-9"}))))

    found = client(transport).get_invoice("5123")

    assert transport.sent[0].path == "/api/v1/invoice/5123"
    assert (found.status, found.transaction_token) == (1, "tx-9")


def test_an_invoice_that_does_not_exist_is_none():
    assert client(ScriptedTransport(plain({"message": "Not found"}, status=404))).get_invoice("5123") is None


def test_an_answer_about_another_invoice_is_an_alarm():
    with pytest.raises(ReplyInvalid):
        client(ScriptedTransport(sealed(accepted(invoice(id=5124))))).get_invoice("5123")


@pytest.mark.parametrize("identifier", ["", ".", "..", "  ", " .. ", "x" * 201, "\ud800"])
def test_identifiers_that_name_another_path_are_never_asked(identifier):
    transport = ScriptedTransport()
    gateway = client(transport)

    for method in (gateway.get_invoice, gateway.cancel_invoice, gateway.get_transaction):
        with pytest.raises(Rejected):
            method(identifier)

    assert transport.sent == []
