"""
System checks: combinations of settings that would hurt.

Missing secrets are refused by the settings themselves, the sandbox beside production by its own check.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import redis
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_PRIVATE_DOMAINS: Final = ("localhost", "local", "internal", "lan", "test", "example", "invalid", "home.arpa")
_EVICTS_NOTHING: Final = "noeviction"


@register
def check_lease_outlives_a_call(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Else an invoice's call could still be under way when its lease is taken over, and be sent twice."""
    least = settings.GATEWAY_DEADLINE + 2 * settings.GATEWAY_LEASE_MARGIN
    if least < settings.GATEWAY_LEASE:
        return []
    return [
        Error(
            f"GATEWAY_LEASE ({settings.GATEWAY_LEASE:g} s) must be longer than GATEWAY_DEADLINE plus twice "
            f"GATEWAY_LEASE_MARGIN ({least:g} s).",
            hint="Leave GATEWAY_LEASE unset: its default follows the deadline.",
            id="config.E001",
        )
    ]


@register(Tags.security)
def check_debug_is_not_public(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """DEBUG shows settings and source code to whoever makes a request fail."""
    address = urlsplit(settings.PUBLIC_BASE_URL)
    if not settings.DEBUG or address.scheme != "https" or not _is_public(address.hostname or ""):
        return []
    return [
        Error(
            f"DEBUG is on, and PUBLIC_BASE_URL is the public address {settings.PUBLIC_BASE_URL}.",
            hint="Set DEBUG=0 and the secrets that production asks for.",
            id="config.E002",
        )
    ]


@register("redis", deploy=True)
def check_redis_evicts_nothing(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A full Redis that throws keys away forgets limits and wake-ups. Asks Redis, so only with --deploy."""
    policy = _eviction_policy()
    if policy in ("", _EVICTS_NOTHING):
        return []
    return [
        Warning(
            f"Redis throws keys away when it is full (maxmemory-policy {policy}): rate limits would restart early.",
            hint=f"Set maxmemory-policy to {_EVICTS_NOTHING}.",
            id="config.W001",
        )
    ]


@register(deploy=True)
def check_mail_can_leave(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Else invitations and links for a forgotten password are promised at the door, and never come."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if settings.DEBUG or (settings.EMAIL_HOST and _is_public(address.rpartition("@")[2])):
        return []
    return [
        Warning(
            "No e-mail can be sent: EMAIL_HOST names no mail server, or DEFAULT_FROM_EMAIL no address of your own.",
            hint="Set both. Invitations, forgotten passwords, reminders and receipts need them.",
            id="config.W002",
        )
    ]


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        is_private = any(host == domain or host.endswith(f".{domain}") for domain in _PRIVATE_DOMAINS)
        return "." in host and not is_private


def _eviction_policy() -> str:
    """Empty where Redis is away or does not say: that is not this check's business."""
    timeout = settings.REDIS_TIMEOUT
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=timeout, socket_connect_timeout=timeout) as client:
            return str(client.info("memory").get("maxmemory_policy", ""))
    except redis.RedisError:
        return ""
