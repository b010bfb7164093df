"""Ways in which a server can fail its client, for ``RawServer``."""

import gzip
import socket
import struct
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB = gzip.compress(b'{"status":true}' + b" " * 20_000_000)


def answer(body: bytes = b'{"status":true}', *, status: str = "200 OK", headers: str = ""):
    def behave(server, connection):
        while server.read_request(connection):
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
            connection.sendall(head.encode() + body)

    return behave


def drip(beginning: bytes):
    """One byte every 50 ms, for ever."""

    def behave(server, connection):
        server.read_request(connection)
        connection.sendall(beginning)
        while not server.stopped.wait(0.05):
            connection.sendall(b"x")

    return behave


def continue_for_ever(server, connection):
    server.read_request(connection)
    while not server.stopped.wait(0.05):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def flood(head: bytes):
    """50 MB after the head."""

    def behave(server, connection):
        server.read_request(connection)
        connection.sendall(HEAD + head)
        for _ in range(800):
            connection.sendall(b"a" * 65536)

    return behave


def gzip_bomb(server, connection):
    server.read_request(connection)
    length = b"Content-Length: %d\r\n\r\n" % len(BOMB)
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\n" + length + BOMB)


def half_answer(server, connection):
    server.read_request(connection)
    connection.sendall(HEAD + b'Content-Length: 1000\r\n\r\n{"status":true')


def reset(server, connection):
    server.read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(server, connection):
    server.read_request(connection)


def garbage(server, connection):
    server.read_request(connection)
    connection.sendall(b"\x00\xff not http at all\r\n\r\n")


def silence(server, connection):
    server.read_request(connection)
    server.stopped.wait(10)


def answer_once_then_die(server, connection):
    """Keeps the connection alive, then resets it on the second request."""
    server.read_request(connection)
    connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
    server.read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def answer_then_close_when_idle(server, connection):
    server.read_request(connection)
    connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
    time.sleep(0.1)
