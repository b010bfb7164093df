"""
What arrives from the gateway, or says so: kept, or dropped, and never answered differently for it.

A payment that a dropped callback spoke of is found by polling.
"""

from __future__ import annotations

import logging
import secrets

from django.conf import settings
from django.http import HttpRequest

from billing.clock import database_now
from billing.identifiers import is_username
from billing.models import Merchant
from invoices.models import GatewayCallback
from invoices.pages.limits import is_over_limit
from invoices.services.callbacks.keeping import keep_callback
from invoices.wake_ups import wake_callbacks

logger = logging.getLogger(__name__)


def new_watch_id() -> str:
    """Of a page that watches nothing and looks like all others."""
    return secrets.token_hex(16)


def take_in(request: HttpRequest, *, username: str, kind: GatewayCallback.Kind, payload: bytes) -> str:
    """
    Keep a callback if it may be one, wake whoever reads it, and return the id of the page that watches it.

    :param payload: as it came; empty where there was none
    :raises django.db.Error: nothing was kept
    """
    watch_id, fate = _take_in(request, username, kind, payload)
    logger.info("callback %s: %s bytes, %s", kind, len(payload), fate)
    return watch_id


def _take_in(request: HttpRequest, username: str, kind: GatewayCallback.Kind, payload: bytes) -> tuple[str, str]:
    if is_over_limit(request, group="callbacks", rate=settings.CALLBACKS_PER_ADDRESS):
        return new_watch_id(), "dropped: too many from one address"
    if not 0 < len(payload) <= settings.CALLBACK_MAX_BYTES:
        return new_watch_id(), "dropped: empty or too long"
    merchant = Merchant.objects.filter(username=username).first() if is_username(username) else None
    if merchant is None:
        return new_watch_id(), "dropped: no such merchant"
    watch_id = keep_callback(
        merchant=merchant,
        kind=kind,
        payload=payload,
        content_type=request.headers.get("Content-Type", ""),
        inbox_limit=settings.CALLBACK_INBOX_LIMIT,
        now=database_now(),
    )
    wake_callbacks()
    return watch_id, f"for merchant {merchant.pk}"
