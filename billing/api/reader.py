"""Reading a body field by field in the contract's order: what is missing, phone, amounts, then all the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

from billing import field_values
from billing.api.errors import InvalidAmount, InvalidPhone, ValidationError
from billing.phones import JORDANIAN_MOBILE

Value = TypeVar("Value")


def require(body: Mapping[str, Any], required: Sequence[str]) -> None:
    """:raises ValidationError: naming every required field, and those that are missing (contract.md, step 6)"""
    missing = [name for name in required if field_values.is_absent(body.get(name))]
    if missing:
        raise ValidationError.of_missing(required, missing)


def read_phone(value: Any) -> str:
    """:raises InvalidPhone: contract.md, step 7"""
    if not isinstance(value, str) or JORDANIAN_MOBILE.fullmatch(value) is None:
        raise InvalidPhone
    return value


def read_amount(value: Any, *, label: str, currency: str) -> Decimal:
    """:raises InvalidAmount: saying of which amount and why (contract.md, step 9)"""
    try:
        return field_values.amount(value, currency=currency)
    except field_values.InvalidValue as error:
        raise InvalidAmount(f"{label} {error.reason}") from None


class FieldReader:
    """Reads what is left (contract.md, step 10) and collects everything wrong with it; `finish` raises it."""

    def __init__(self) -> None:
        self.problems: dict[str, list[str]] = {}

    def required(self, body: Mapping[str, Any], name: str, check: Callable[[Any], Value], path: str = "") -> Value:
        """:param path: what stands before the name in an error, such as `customInstallments[0].`"""
        value = body.get(name)
        if field_values.is_absent(value):
            self.add(path + name, "is required")
            return cast(Value, None)  # never seen: finish raises
        return self._checked(value, check, path + name)

    def optional(self, body: Mapping[str, Any], name: str, check: Callable[[Any], str], path: str = "") -> str:
        """Empty when it is not stated."""
        value = body.get(name)
        return "" if field_values.is_absent(value) else self._checked(value, check, path + name)

    def defaulted(self, body: Mapping[str, Any], name: str, check: Callable[[Any], Value], *, default: Value) -> Value:
        """The default where it is left out or null; an empty text is neither."""
        value = body.get(name)
        return default if value is None else self._checked(value, check, name)

    def add(self, name: str, reason: str) -> None:
        self.problems.setdefault(name, []).append(reason)

    def finish(self) -> None:
        """:raises ValidationError: when anything was wrong"""
        if self.problems:
            raise ValidationError.of_fields(self.problems)

    def _checked(self, value: Any, check: Callable[[Any], Value], name: str) -> Value:
        try:
            return check(value)
        except field_values.InvalidValue as error:
            self.add(name, error.reason)
            return cast(Value, None)  # never seen: finish raises
