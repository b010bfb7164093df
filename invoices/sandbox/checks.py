"""Refuse to stand beside real customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def check_sandbox_is_only_for_development(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The sandbox lets anyone mark an invoice as paid: with DEBUG off that is an error, not a warning."""
    if settings.DEBUG:
        return []
    return [
        Error(
            "The sandbox gateway is installed together with production settings.",
            hint="Unset SANDBOX_GATEWAY, or set DEBUG for development.",
            id="sandbox.E001",
        )
    ]
