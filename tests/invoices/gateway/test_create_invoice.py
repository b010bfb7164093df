import time
from decimal import Decimal

import pytest

from invoices.gateway.codes import Channel
from invoices.gateway.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    Rejected,
    ReplyInvalid,
    Throttled,
    Unanswered,
    Unavailable,
)
from invoices.gateway.transport import NotSent, RawAnswer, SentButLost
from tests.invoices.gateway.accounts import ACCESS_CODE, OTHER_CIPHER, TODAY, accepted, client, invoice, order
from tests.invoices.gateway.scripted_transport import ScriptedTransport, html, plain, sealed

SECRETS = ("777839071", "PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg", ACCESS_CODE)


def create(*steps, **changes):
    transport = ScriptedTransport(*steps)
    created = client(transport).create_invoice(order(**changes), today=TODAY)
    return created, transport


def refused(*steps, error, **changes):
    """The error of a create, which was sent exactly once."""
    transport = ScriptedTransport(*steps)
    with pytest.raises(error) as caught:
        client(transport).create_invoice(order(**changes), today=TODAY)
    assert type(caught.value) is error
    assert len(transport.sent) == 1
    assert not any(secret in str(caught.value) + repr(caught.value) for secret in SECRETS)
    return caught.value


def test_an_invoice_is_created_with_one_encrypted_post():
    created, transport = create(sealed(accepted(invoice())))

    (sent,) = transport.sent
    assert (sent.method, sent.url) == ("POST", "https://merchant.example/api/v1/invoice/")
    assert list(sent.json) == ["data"]
    assert sent.payload["referenceNumber"] == "INV-7-x9k2"
    assert sent.headers == {
        "accessCode": ACCESS_CODE,
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    assert (created.gateway_id, created.token, created.url) == (
        "5123",
        "tok-1",
        "https://pay.example/i/tok-1",
    )
    assert (created.reference, created.amount, created.status) == ("INV-7-x9k2", Decimal("280"), 0)
    assert created.transaction_token is None
    assert created.raw == invoice()


def test_an_answer_with_little_in_it_is_enough():
    created, _ = create(sealed({"status": True, "response": {"token": 77}}))

    assert (created.gateway_id, created.token, created.amount, created.status) == ("", "77", None, None)


def test_numbers_instead_of_texts_are_the_same_amount():
    created, _ = create(RawAnswer(200, {}, b'{"status":true,"response":{"id":"1","amount":280.0}}'))

    assert created.amount == Decimal("280")


@pytest.mark.parametrize("change", [{"reference_number": "INV-7"}, {"amount": "28.000"}, {"amount": "NaN"}])
def test_an_echo_of_something_else_is_an_alarm(change):
    refused(sealed(accepted(invoice(**change))), error=ReplyInvalid)


@pytest.mark.parametrize("response", [None, {}, [], "x", {"amount": "280.000"}, {"id": "", "token": [], "url": None}])
def test_success_without_an_invoice_is_an_alarm(response):
    refused(sealed(accepted(response)), error=ReplyInvalid)


@pytest.mark.parametrize(
    "answer",
    [
        html(200),
        html(401),
        html(404),
        sealed(accepted(invoice()), cipher=OTHER_CIPHER),
        RawAnswer(200, {}, b"\x1f\x8b\x08garbage"),
        RawAnswer(204, {}, b""),
        sealed(accepted(invoice()), status=422),
    ],
)
def test_an_answer_that_cannot_be_believed_is_an_alarm(answer):
    refused(answer, error=ReplyInvalid)


@pytest.mark.parametrize(
    "answer",
    [
        html(500),
        html(502),
        plain({"status": False, "code": 500}, status=500),
        html(408),
        RawAnswer(302, {"Location": "https://evil.example"}, b""),
        sealed(accepted(invoice()), status=503),
    ],
)
def test_errors_and_redirects_leave_the_outcome_unknown(answer):
    refused(answer, error=OutcomeUnknown)


def test_a_lost_answer_leaves_the_outcome_unknown():
    refused(SentButLost("reset"), error=OutcomeUnknown)


def test_what_was_never_sent_is_merely_unavailable():
    assert refused(NotSent("refused"), error=Unanswered).retry_after is None


@pytest.mark.parametrize(("header", "seconds"), [("2", 2.0), ("inf", None), ("<html>", None), ("99999999", None)])
def test_being_told_to_slow_down_created_nothing(header, seconds):
    answer = RawAnswer(429, {"retry-after": header}, b"<html>")

    assert refused(answer, error=Throttled).retry_after == seconds


@pytest.mark.parametrize("status", [400, 422, 409])
def test_field_errors_reach_a_person(status):
    content = {"status": False, "code": 422, "message": "Invalid", "response": {"amount": ["too small"]}}

    error = refused(sealed(content, status=status), error=Rejected)

    assert (error.reason, error.code, error.field_errors) == ("Invalid", 422, {"amount": ["too small"]})


def test_a_refusal_in_a_200_is_a_refusal():
    error = refused(sealed({"status": False, "code": 506, "message": {"en": "Bad +962777839071"}}), error=Rejected)

    assert (error.reason, error.code) == ("Bad +962777839071", 506)


@pytest.mark.parametrize(
    "answer",
    [
        plain({"status": False, "code": 501, "message": "Authentication failed."}, status=401),
        plain({"message": "Not able to create invoice, Unauthorized or Permission Denied"}, status=404),
        plain({"message": "Forbidden"}, status=403),
        sealed({"status": False, "code": 500}),
        sealed({"status": False, "code": 501}),
        sealed({"status": False, "code": "503"}),
        plain({"status": False, "code": 504}, status=422),
    ],
)
def test_a_refused_account_is_told_apart_from_a_refused_invoice(answer):
    refused(answer, error=CredentialsRefused)


def test_an_email_invoice_without_an_address_is_never_sent():
    transport = ScriptedTransport()

    with pytest.raises(Rejected):
        client(transport).create_invoice(order(channel=Channel.EMAIL), today=TODAY)

    assert transport.sent == []


def test_after_the_time_to_give_up_nothing_is_sent():
    transport = ScriptedTransport()

    with pytest.raises(Unavailable):
        client(transport).create_invoice(order(), today=TODAY, give_up_at=time.monotonic() - 0.001)

    assert transport.sent == []


def test_an_answer_made_with_the_keys_before_a_rotation_is_read():
    transport = ScriptedTransport(sealed(accepted(invoice()), cipher=OTHER_CIPHER))

    created = client(transport, previous_cipher=OTHER_CIPHER).create_invoice(order(), today=TODAY)

    assert created.token == "tok-1"
