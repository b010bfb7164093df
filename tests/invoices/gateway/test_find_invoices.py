import pytest

from invoices.gateway.errors import CredentialsRefused, ReplyInvalid, Unavailable
from invoices.gateway.transport import NotSent, RawAnswer, SentButLost
from tests.invoices.gateway.accounts import OTHER_CIPHER, accepted, client, invoice
from tests.invoices.gateway.scripted_transport import ScriptedTransport, html, plain, sealed

REFERENCE = "INV-7-x9k2"


def page(*rows, **paging):
    return sealed(accepted({"invoices": {"data": list(rows)} | paging}))


def find(*steps):
    transport = ScriptedTransport(*steps)
    return client(transport).find_invoices(REFERENCE), transport


def test_the_search_carries_the_reference_and_the_encrypted_merchant():
    _, transport = find(page())

    (sent,) = transport.sent
    assert (sent.method, sent.path, sent.body) == ("GET", "/api/v1/invoice-dashboard", None)
    assert sent.query["search"] == [REFERENCE]
    assert sent.payload == {"merchantCode": "842217"}


def test_only_the_exact_reference_is_found_among_its_likes():
    likes = [invoice(id=n, reference_number=text) for n, text in enumerate(["INV-7-x9k2b", "XINV-7-x9k2", None])]

    found, _ = find(page(*likes, invoice(id=9, invoice_status=3, amount="not a number", reference_number="other")))

    assert found == []


def test_all_pages_are_followed():
    found, transport = find(
        page(invoice(reference_number="INV-7-x9k2b"), current_page=1, last_page=3),
        page(invoice(id=1, invoice_status=3), current_page="2", last_page="3"),
        page(invoice(id=2), current_page=3, last_page=3),
    )

    assert [(one.gateway_id, one.status) for one in found] == [("1", 3), ("2", 0)]
    assert [sent.query["page"] for sent in transport.sent] == [["1"], ["2"], ["3"]]


def test_a_next_page_url_is_enough_to_go_on_but_is_not_followed():
    _, transport = find(page(next_page_url="https://evil.example/?page=2"), page(next_page_url=None))

    assert {sent.url.split("/api")[0] for sent in transport.sent} == {"https://merchant.example"}
    assert len(transport.sent) == 2


def test_too_many_pages_are_no_proof_of_absence():
    transport = ScriptedTransport(*[page(last_page=10**6) for _ in range(30)])

    with pytest.raises(ReplyInvalid):
        client(transport).find_invoices(REFERENCE)

    assert len(transport.sent) == 20


@pytest.mark.parametrize(
    "answer", [page(), sealed(accepted({"invoices": []})), plain({"message": "Not found"}, status=404)]
)
def test_nothing_found_is_an_empty_list(answer):
    assert find(answer)[0] == []


@pytest.mark.parametrize(
    "answer",
    [
        html(200),
        html(404),
        html(401),
        sealed(accepted({}), cipher=OTHER_CIPHER),
        sealed(accepted(None)),
        sealed(accepted({"invoices": None})),
        sealed(accepted({"invoices": {"data": "x"}})),
        sealed(accepted({"invoices": {"data": [7]}})),
        page(current_page=2),
        page(invoice(amount="1e99")),
    ],
)
def test_an_answer_that_proves_nothing_is_an_alarm(answer):
    with pytest.raises(ReplyInvalid):
        find(answer)


@pytest.mark.parametrize(
    "step",
    [
        NotSent("x"),
        SentButLost("x"),
        html(500),
        html(429),
        RawAnswer(302, {}, b""),
        sealed({"status": False, "code": 422}),
        plain({"message": "no"}, status=403),
        sealed({"status": False}, status=422),
    ],
)
def test_an_enquiry_without_an_answer_changes_nothing(step):
    with pytest.raises(Unavailable):
        find(step)


def test_a_401_parks_the_account():
    with pytest.raises(CredentialsRefused):
        find(plain({"status": False, "code": 501}, status=401))
