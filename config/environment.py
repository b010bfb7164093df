"""How settings are read from the environment, and which of them must never keep their development value."""

from __future__ import annotations

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
