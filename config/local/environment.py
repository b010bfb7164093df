"""What the local processes find in their environment."""

from __future__ import annotations

from collections.abc import Mapping

from config.local import places
from config.local.ports import HOST


def local_environment(given: Mapping[str, str], *, port: int, valkey_port: int) -> dict[str, str]:
    """
    The given environment, with whatever it leaves open set for trying the product out.

    :param port: where the web server will listen
    :param valkey_port: where our own Valkey will listen, unless REDIS_URL names another server
    """
    defaults = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "1",
        "SANDBOX_GATEWAY": "1",
        "PUBLIC_BASE_URL": f"http://{HOST}:{port}",
        "REDIS_URL": f"redis://{HOST}:{valkey_port}/0",
        # Invitations and new passwords are to be read although no mail server is there.
        "EMAIL_FOLDER": str(places.MAIL),
        "ADMIN_IDLE_TIMEOUT": str(12 * 3600),
        "PYTHONUNBUFFERED": "1",
        # Threads would otherwise keep up to eight heaps for each core.
        "MALLOC_ARENA_MAX": "2",
        # The preparation has just run all checks.
        "CELERY_SKIP_CHECKS": "1",
    }
    return {**defaults, **given, "PORT": str(port)}
