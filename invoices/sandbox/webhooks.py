"""Posting webhooks from a short-lived thread, so that a slow merchant does not keep the customer waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import requests

TIMEOUTS: Final = (3.0, 5.0)  # seconds to connect, to read
logger = logging.getLogger(__name__)


def post_in_background(address: str, bodies: Sequence[Mapping[str, Any]]) -> None:
    """Post each body once, in order. A failure is logged and forgotten, as the real gateway does with it."""
    threading.Thread(target=_post_all, args=(address, bodies), name="sandbox-webhook", daemon=True).start()


def _post_all(address: str, bodies: Sequence[Mapping[str, Any]]) -> None:
    with requests.Session() as session:
        # A proxy of the environment cannot reach this machine.
        session.trust_env = False
        for body in bodies:
            _post(session, address, body)


def _post(session: requests.Session, address: str, body: Mapping[str, Any]) -> None:
    try:
        response = session.post(address, json=body, timeout=TIMEOUTS, allow_redirects=False, stream=True)
        response.close()
    except requests.RequestException as error:
        logger.warning("The sandbox's webhook was not delivered: %s", type(error).__name__)
