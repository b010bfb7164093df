"""The transport of every connection to the broker."""

from __future__ import annotations

import ssl

import pytest
from kombu import Connection
from redis.exceptions import ConnectionError as BrokerGone

from config.broker import Transport
from config.celery import app
from tests.infrastructure.valkey import ValkeyServer


def test_a_dropped_connection_is_a_lost_connection(valkey: ValkeyServer) -> None:
    connection = app.connection_for_read(url=valkey.url)
    channel = connection.default_channel
    connection.collect()

    with pytest.raises(BrokerGone):
        channel.queue_purge("dropped")


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_both_schemes_of_an_address_take_our_transport(scheme: str) -> None:
    connection = Connection(f"{scheme}://host:1/2", ssl={"ssl_cert_reqs": ssl.CERT_REQUIRED})

    assert isinstance(connection.transport, Transport)
