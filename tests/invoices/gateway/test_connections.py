import threading
from time import monotonic

import pytest

from invoices.gateway import connections
from invoices.gateway.addresses import Address
from invoices.gateway.transport import HttpTransport, NotSent, SentButLost
from tests.invoices.gateway import misbehaviours as server_that


def test_a_connection_is_kept_and_used_again(serve, send):
    server = serve(server_that.answer())

    for _ in range(5):
        send(server.url)

    assert (server.connections, len(server.requests)) == (1, 5)


def test_sixteen_threads_share_one_transport(serve, send):
    server = serve(server_that.answer())
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.extend(send(server.url).status for _ in range(10))) for _ in range(16)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 160
    assert server.connections <= 16


def test_a_connection_that_dies_under_a_request_is_not_tried_again(serve, send):
    server = serve(server_that.answer_once_then_die)
    send(server.url)

    with pytest.raises(SentButLost):
        send(server.url)

    assert (server.connections, len(server.requests)) == (1, 2)


def test_a_connection_closed_while_idle_is_replaced_before_sending(serve, send):
    server = serve(server_that.answer_then_close_when_idle)
    send(server.url)
    threading.Event().wait(0.3)

    assert send(server.url).status == 200
    assert server.connections == 2


def test_a_connection_that_rested_too_long_is_not_trusted(serve, send, monkeypatch):
    monkeypatch.setattr(connections, "LONGEST_IDLE", 0.0)
    server = serve(server_that.answer())

    send(server.url)
    send(server.url)

    assert server.connections == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433", "0"])
def test_private_addresses_are_refused_before_connecting(host):
    with pytest.raises(NotSent, match=r"private|looked up"):
        HttpTransport().send(method="GET", url=f"https://{host}/", headers={}, body=None, deadline=monotonic() + 5)


def test_a_private_server_is_not_even_connected_to(serve):
    server = serve(server_that.answer())

    for url in (server.url, server.url.replace("http://", "https://")):
        with pytest.raises(NotSent):
            HttpTransport().send(method="GET", url=url, headers={}, body=None, deadline=monotonic() + 5)

    assert server.connections == 0


@pytest.mark.parametrize(
    ("text", "is_public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::6810:84e5", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_public_addresses_are_told_from_private_ones(text, is_public):
    assert Address(0, (text, 443)).is_public is is_public
