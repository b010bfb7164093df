import time

import pytest

from invoices.gateway.errors import CredentialsRefused, OutcomeUnknown, Unavailable
from invoices.gateway.transport import SentButLost
from tests.invoices.gateway.accounts import TODAY, accepted, client, invoice, order
from tests.invoices.gateway.scripted_transport import ScriptedTransport, html, plain, sealed

UNAUTHENTICATED = plain({"status": False, "code": 501, "message": "Authentication failed."}, status=401)
CREATED = sealed(accepted(invoice()))
NOTHING = sealed(accepted({"invoices": {"data": []}}))


def tokens(access, *, expires_in=900):
    token = {"access_token": access, "refresh_token": f"refresh-{access}", "expires_in": expires_in}
    return plain(accepted({"token": token}))


def logged_in_client(*steps):
    transport = ScriptedTransport(*steps)
    return client(transport, login_username="office", login_password="hush"), transport


def test_the_login_is_made_once_and_its_token_carried():
    gateway, transport = logged_in_client(tokens("A"), CREATED, NOTHING)

    gateway.create_invoice(order(), today=TODAY)
    gateway.find_invoices("INV-7-x9k2")

    assert [sent.path for sent in transport.sent] == [
        "/api/v1/login",
        "/api/v1/invoice/",
        "/api/v1/invoice-dashboard",
    ]
    assert transport.sent[0].json == {"username": "office", "password": "hush"}
    assert [sent.headers.get("Authorization") for sent in transport.sent] == [None, "Bearer A", "Bearer A"]


def test_a_token_is_renewed_at_half_of_a_short_life():
    gateway, transport = logged_in_client(tokens("A", expires_in=1), NOTHING, tokens("B"), CREATED)
    gateway.find_invoices("INV-7-x9k2")
    time.sleep(0.6)

    gateway.create_invoice(order(), today=TODAY)

    assert transport.sent[2].path == "/api/v1/token-refresh"
    assert transport.sent[2].json == {"refreshToken": "refresh-A"}
    assert transport.sent[3].headers["Authorization"] == "Bearer B"


def test_an_expired_refresh_token_falls_back_to_the_login():
    gateway, transport = logged_in_client(tokens("A"), UNAUTHENTICATED, UNAUTHENTICATED, tokens("B"), NOTHING)

    assert gateway.find_invoices("INV-7-x9k2") == []

    assert [sent.path.rsplit("/", 1)[1] for sent in transport.sent] == [
        "login",
        "invoice-dashboard",
        "token-refresh",
        "login",
        "invoice-dashboard",
    ]


def test_an_enquiry_is_replayed_once_only():
    gateway, transport = logged_in_client(tokens("A"), UNAUTHENTICATED, tokens("B"), UNAUTHENTICATED)

    with pytest.raises(CredentialsRefused):
        gateway.find_invoices("INV-7-x9k2")

    assert len(transport.sent) == 4


def test_a_create_is_never_replayed_after_a_refused_token():
    gateway, transport = logged_in_client(tokens("A"), UNAUTHENTICATED, tokens("B"), NOTHING)

    with pytest.raises(OutcomeUnknown):
        gateway.create_invoice(order(), today=TODAY)
    assert len(transport.sent) == 2

    gateway.find_invoices("INV-7-x9k2")
    assert transport.sent[3].headers["Authorization"] == "Bearer B"


@pytest.mark.parametrize(
    "answer",
    [
        UNAUTHENTICATED,
        plain({"status": False, "code": 504, "message": "Bad login"}),
        plain({"message": "The username field is required."}, status=422),
    ],
)
def test_a_refused_login_parks_the_account_and_creates_nothing(answer):
    gateway, transport = logged_in_client(answer)

    with pytest.raises(CredentialsRefused):
        gateway.create_invoice(order(), today=TODAY)

    assert len(transport.sent) == 1


@pytest.mark.parametrize(
    "answer",
    [html(500), html(200), SentButLost("reset"), plain(accepted({"token": {}})), plain(accepted(None))],
)
def test_a_login_without_an_answer_created_nothing(answer):
    gateway, transport = logged_in_client(answer)

    with pytest.raises(Unavailable):
        gateway.create_invoice(order(), today=TODAY)

    assert len(transport.sent) == 1


def test_the_payment_gateway_is_asked_without_a_login():
    gateway, transport = logged_in_client(plain({"message": "none"}, status=404))

    assert gateway.get_transaction("t1") is None
    assert "Authorization" not in transport.sent[0].headers
