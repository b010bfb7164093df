"""How settings are read from the environment, and which of them must never keep their development value."""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

DEVELOPMENT_PREFIX = "development-only-"


class Environment(environ.FileAwareEnv):  # type: ignore[misc]
    """Reads NAME, or the file named by NAME_FILE (container secrets)."""

    def secret(self, name: str, *, debug: bool, default: str | None = None) -> str:
        """
        A secret that must be set outside development.

        :param default: what an unset one falls back to in production too; without it production refuses to start
        :raises ImproperlyConfigured: outside development, when it is missing, short or a development value
        """
        fallback = default if default is not None else DEVELOPMENT_PREFIX + name.lower().replace("_", "-")
        value = str(self.str(name, default=fallback))
        if debug or (value and value == default):
            return value
        if value.startswith(DEVELOPMENT_PREFIX) or len(value) < 32:
            raise ImproperlyConfigured(
                f"{name} must be set to a random value of at least 32 characters when DEBUG is off "
                f"(or name a file with it in {name}_FILE)."
            )
        return value


def refuse_read_only_sqlite(name: str) -> None:
    """
    SQLite writes its file, and others beside it: else the first post would be the one to notice.

    :raises ImproperlyConfigured: either is there and this process may not write it
    """
    file = Path(name)
    for place in (file, file.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise ImproperlyConfigured(
                f"{place} cannot be written, and SQLite needs both its file and the folder around it. "
                "Let this process write them, or name another database in DATABASE_URL."
            )
