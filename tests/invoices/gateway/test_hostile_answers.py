import socket
import tracemalloc

import pytest

from invoices.gateway.errors import OutcomeUnknown, ReplyInvalid, Throttled
from invoices.gateway.transport import LARGEST_BODY, HttpTransport, NotSent, SentButLost
from tests.invoices.gateway import misbehaviours as server_that
from tests.invoices.gateway.accounts import CIPHER, OTHER_CIPHER, TODAY, accepted, client, invoice, order


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 52428800\r\n\r\n", b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n3200000\r\n"],
    ids=["with length", "without length", "chunked"],
)
def test_fifty_megabytes_stop_at_the_cap(serve, send, head):
    server = serve(server_that.flood(head))
    tracemalloc.start()

    with pytest.raises(SentButLost):
        send(server.url)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_body_as_large_as_allowed_arrives_whole(serve, send):
    server = serve(server_that.answer(b"a" * LARGEST_BODY))

    assert len(send(server.url).body) == LARGEST_BODY


def test_a_gzip_bomb_stays_packed(serve, send):
    server = serve(server_that.gzip_bomb)

    answer = send(server.url)

    assert answer.body.startswith(b"\x1f\x8b")
    assert len(answer.body) < 100_000
    assert b"Accept-Encoding: identity" in server.requests[0]


@pytest.mark.parametrize(
    "behave",
    [server_that.half_answer, server_that.reset, server_that.hang_up, server_that.garbage],
    ids=["half", "reset", "hang up", "garbage"],
)
def test_an_answer_that_breaks_off_may_have_had_its_effect(serve, send, behave):
    server = serve(behave)

    with pytest.raises(SentButLost):
        send(server.url)

    assert server.connections == len(server.requests) == 1


def test_a_refused_connection_sent_nothing(send):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(NotSent):
        send(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/", "http://x..y/", "http://[::1", "ftp://127.0.0.1/", "x"]
)
def test_an_address_that_leads_nowhere_sent_nothing(send, url):
    with pytest.raises(NotSent):
        send(url)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_never_carries_the_access_code_away(serve, send, status):
    elsewhere = serve(server_that.answer())
    server = serve(server_that.answer(status=status, headers=f"Location: {elsewhere.url}/steal\r\n"))

    assert send(server.url).status == int(status[:3])

    assert elsewhere.connections == 0
    assert b"secret-code" in server.requests[0]


def test_a_redirect_with_an_endless_body_is_cut_off_too(serve, send):
    server = serve(server_that.drip(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n"))

    with pytest.raises(SentButLost):
        send(server.url, seconds=0.5)


def test_cookies_are_not_kept(serve, send):
    server = serve(server_that.answer(headers="Set-Cookie: session=1; Path=/\r\n"))

    send(server.url)
    send(server.url)

    assert b"session=1" not in server.requests[1]


def test_the_environment_is_not_asked_for_proxies_or_passwords(serve, send, monkeypatch, tmp_path):
    proxy, server = serve(server_that.answer()), serve(server_that.answer())
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy.url)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))

    send(server.url)

    assert proxy.connections == 0
    assert b"authorization" not in server.requests[0].lower()


CREATED = CIPHER.encrypt_json(accepted(invoice())).encode()


def create(server, *, deadline=5.0):
    gateway = client(HttpTransport(allow_private=True), deadline=deadline, base_url=server.url)
    return gateway.create_invoice(order(), today=TODAY)


def test_an_invoice_is_created_over_real_http(serve):
    server = serve(server_that.answer(CREATED))

    assert create(server).token == "tok-1"
    assert server.requests[0].startswith(b"POST /api/v1/invoice/ HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (server_that.reset, OutcomeUnknown),
        (server_that.half_answer, OutcomeUnknown),
        (server_that.garbage, OutcomeUnknown),
        (server_that.flood(b"\r\n"), OutcomeUnknown),
        (server_that.drip(server_that.HEAD + b"\r\n"), OutcomeUnknown),
        (server_that.gzip_bomb, ReplyInvalid),
        (server_that.answer(OTHER_CIPHER.encrypt_json(accepted(invoice())).encode()), ReplyInvalid),
        (server_that.answer(b"<html>500</html>", status="500 Oops"), OutcomeUnknown),
        (
            server_that.answer(status="302 Found", headers="Location: http://evil.example/\r\n"),
            OutcomeUnknown,
        ),
        (server_that.answer(status="429 Slow", headers="Retry-After: 2\r\n"), Throttled),
    ],
)
def test_each_fault_of_a_create_says_what_to_do(serve, behave, error):
    server = serve(behave)

    with pytest.raises(error) as caught:
        create(server, deadline=1.0)

    assert type(caught.value) is error
    assert len(server.requests) == 1
