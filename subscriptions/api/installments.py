"""`customInstallments` as the API receives them: amounts in step 9 of the contract, everything else in step 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billing import field_values
from billing.api.reader import FieldReader, read_amount
from subscriptions.schedules import MAX_INSTALLMENTS

NAME = "customInstallments"


def read_installment_amounts(body: Mapping[str, Any], currency: str) -> list[Decimal | None]:
    """
    The amount of each entry; None where there is none, which `read_installments` reports.

    :raises InvalidAmount: naming the first entry whose amount cannot be owed
    """
    entries = body[NAME]
    if not isinstance(entries, list):
        return []
    return [_amount(entry, position, currency) for position, entry in enumerate(entries)]


def _amount(entry: Any, position: int, currency: str) -> Decimal | None:
    if not isinstance(entry, dict) or field_values.is_absent(entry.get("amount")):
        return None
    return read_amount(entry["amount"], label=f"{NAME}[{position}].amount", currency=currency)


def read_installments(
    reader: FieldReader, body: Mapping[str, Any], amounts: Sequence[Decimal | None], total: Decimal | None
) -> tuple[tuple[date, Decimal, str], ...]:
    """Each as (due date, amount, description), in the order sent."""
    entries = body[NAME]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_INSTALLMENTS:
        reader.add(NAME, f"must be a list of 1 to {MAX_INSTALLMENTS} objects")
        return ()
    installments = [
        _installment(reader, entry, amount, f"{NAME}[{position}]")
        for position, (entry, amount) in enumerate(zip(entries, amounts, strict=True))
    ]
    if None not in amounts and sum(amount for amount in amounts if amount) != total:
        reader.add(NAME, "must have amounts that sum to totalAmount")
    return tuple(installment for installment in installments if installment)


def _installment(
    reader: FieldReader, entry: Any, amount: Decimal | None, path: str
) -> tuple[date, Decimal, str] | None:
    if not isinstance(entry, dict):
        reader.add(path, "must be an object")
        return None
    due_date = reader.required(entry, "dueDate", field_values.day, f"{path}.")
    description = reader.optional(entry, "description", field_values.long_text, f"{path}.")
    if amount is None:
        reader.add(f"{path}.amount", "is required")
        return None
    return due_date, amount, description
