"""Answers that look right and are not: another reference and amount, or an enquiry that finds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from invoices.sandbox.answers import Answer, not_found

WRONG_VALUES: Final = {"reference_number": "ANOTHER-REFERENCE", "amount": "0.001"}


def echo_wrongly(value: Any) -> Any:
    """The same JSON with every reference number and amount replaced, however deep they lie."""
    if isinstance(value, Mapping):
        return {name: WRONG_VALUES.get(name) or echo_wrongly(part) for name, part in value.items()}
    if isinstance(value, list):
        return [echo_wrongly(part) for part in value]
    return value


def find_nothing(answer: Answer) -> Answer:
    """An empty page for a search, a 404 for anything else."""
    response = answer.envelope.get("response")
    if not isinstance(response, dict) or "invoices" not in response:
        return not_found("Not found", is_encrypted=answer.is_encrypted).answer
    page = response["invoices"] | {"data": [], "total": 0, "last_page": 1, "from": None, "to": None}
    envelope = {**answer.envelope, "response": {"invoices": page}}
    return Answer(envelope=envelope, status=answer.status, is_encrypted=answer.is_encrypted)
