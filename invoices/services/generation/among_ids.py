"""How a statement written by hand says "one of these ids": as one parameter, however many they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

# The parameter is called `ids`, and given as `as_parameter` makes it.
AMONG: Final = {"postgresql": "= ANY(%(ids)s::bigint[])", "sqlite": "IN (SELECT value FROM json_each(%(ids)s))"}


def as_parameter(values: Sequence[int | str]) -> Any:
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))
