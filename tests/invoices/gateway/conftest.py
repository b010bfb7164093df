import time

import pytest

from invoices.gateway.transport import HttpTransport
from tests.invoices.gateway.raw_server import RawServer


@pytest.fixture
def serve():
    """Start a misbehaving server: ``serve(behave)``."""
    servers = []

    def start(behave):
        servers.append(RawServer(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def transport():
    """The real transport, allowed to talk to this machine."""
    return HttpTransport(allow_private=True)


@pytest.fixture
def send(transport):
    """Send one POST with a deadline in seconds."""

    def post(url, *, seconds=5.0, body=b"{}"):
        return transport.send(
            method="POST",
            url=url,
            headers={"accessCode": "secret-code"},
            body=body,
            deadline=time.monotonic() + seconds,
        )

    return post
