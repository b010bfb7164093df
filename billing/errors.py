"""The error every anticipated failure of the domain is."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """
    A request that cannot be done, and why.

    Subclasses stand beside the function that raises them and set `code`, stable and for machines, and `message`,
    which tells a person what to do next.

    `leaves_doubt` is set where somebody else was called and it is not known what came of it.
    """

    code = "DOMAIN_ERROR"
    message = "This cannot be done."
    leaves_doubt = False

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.message = message or self.message
        self.details = details
        super().__init__(self.message)
