import os
import socket
import threading
import time

import pytest

from invoices.gateway.errors import Unavailable
from invoices.gateway.transport import NotSent, SentButLost
from tests.invoices.gateway import misbehaviours as server_that
from tests.invoices.gateway.accounts import client
from tests.invoices.gateway.scripted_transport import ScriptedTransport, plain

LONGEST = 4.0  # seconds; a generous bound for a deadline of 0.6


@pytest.mark.parametrize(
    "behave",
    [
        server_that.drip(b""),
        server_that.drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        server_that.drip(server_that.HEAD + b"Content-Length: 100000\r\n\r\n"),
        server_that.drip(server_that.HEAD + b"\r\n"),
        server_that.drip(server_that.HEAD + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n"),
        server_that.continue_for_ever,
        server_that.silence,
    ],
    ids=["status", "headers", "body", "body without length", "chunk", "100 continue", "silence"],
)
def test_a_dripping_server_is_cut_off_at_the_deadline(serve, send, behave):
    server = serve(behave)
    began = time.monotonic()

    with pytest.raises(SentButLost):
        send(server.url, seconds=0.6)

    assert 0.5 < time.monotonic() - began < LONGEST
    assert len(server.requests) == 1


def test_a_request_nobody_reads_is_cut_off_at_the_deadline(serve, send):
    server = serve(lambda server, connection: server.stopped.wait(10))
    began = time.monotonic()

    with pytest.raises(SentButLost):
        send(server.url, seconds=0.6, body=b"x" * 50_000_000)

    assert time.monotonic() - began < LONGEST


def test_a_name_lookup_that_hangs_is_given_up(send, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: time.sleep(3) or [])
    began = time.monotonic()

    with pytest.raises(NotSent):
        send("http://gateway.example/", seconds=0.3)

    assert time.monotonic() - began < 2.5


def test_a_deadline_in_the_past_sends_nothing(serve, send):
    server = serve(server_that.answer())

    with pytest.raises(NotSent):
        send(server.url, seconds=-1)

    assert server.connections == 0


def test_a_call_cut_off_does_not_harm_its_neighbours(serve, transport, send):
    slow, quick = serve(server_that.drip(server_that.HEAD + b"\r\n")), serve(server_that.answer())
    failures = []

    def call_the_slow_one():
        try:
            send(slow.url, seconds=0.5)
        except SentButLost as failure:
            failures.append(failure)

    threads = [threading.Thread(target=call_the_slow_one) for _ in range(15)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert send(quick.url).status == 200

    assert len(failures) == 15


def test_calls_leave_one_watchman_behind_and_no_timers(serve, send):
    server = serve(server_that.answer())

    for seconds in (60, 30, 90):
        send(server.url, seconds=seconds)

    watching = [thread for thread in threading.enumerate() if thread.name == "watchman"]
    assert len(watching) == 1
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_a_shorter_deadline_is_kept_beside_a_longer_one(serve, send):
    slow, server = serve(server_that.drip(server_that.HEAD)), serve(server_that.answer())
    send(server.url, seconds=60)
    began = time.monotonic()

    with pytest.raises(SentButLost):
        send(slow.url, seconds=0.6)

    assert time.monotonic() - began < LONGEST


def test_a_forked_process_keeps_its_deadlines_too(serve, send):
    slow, server = serve(server_that.drip(server_that.HEAD)), serve(server_that.answer())
    send(server.url, seconds=60)

    child = os.fork()
    if child == 0:
        try:
            send(slow.url, seconds=0.6)
        except SentButLost:
            os._exit(0)
        os._exit(1)

    assert os.waitpid(child, 0)[1] == 0


class DeadlinesKept(ScriptedTransport):
    def __init__(self, *steps):
        super().__init__(*steps)
        self.deadlines = []

    def send(self, *, deadline, **call):
        self.deadlines.append(deadline)
        return super().send(deadline=deadline, **call)


def test_calls_that_somebody_waits_for_end_at_one_instant_and_no_other_does():
    transport = DeadlinesKept(*[plain({"message": "Not found"}, status=404)] * 4)
    patient = client(transport, deadline=20)
    hurried = patient.ending_within(5)

    hurried.get_invoice("1")
    hurried.find_invoices("INV-1")
    hurried.get_transaction_by_reference("INV-1")
    patient.get_invoice("1")

    assert len(set(transport.deadlines[:3])) == 1
    assert transport.deadlines[3] > transport.deadlines[0] + 10


def test_when_their_time_is_up_nothing_more_is_sent():
    transport = ScriptedTransport()

    with pytest.raises(Unavailable):
        client(transport).ending_within(0).get_invoice("1")

    assert transport.sent == []
