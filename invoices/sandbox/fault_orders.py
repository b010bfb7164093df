"""Orders to switch a fault on, as the control endpoint and the faults page write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from invoices.sandbox.accounts import UnknownAccount, find_account_by_any_code
from invoices.sandbox.faults import switch_on
from invoices.sandbox.models import AppliesTo, FaultKind, SandboxAccount, SandboxFault

MAX_SECONDS: Final = 120
MAX_COUNT: Final = 1_000_000


class InvalidFaultOrder(ValueError):
    """`errors` says which field is wrong and why."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(self.errors)


def carry_out_fault_order(fields: Mapping[str, Any]) -> SandboxFault:
    """
    Switch on what the fields say.

    :param fields: `fault` (a kind, any letter case, `-` as good as `_`), and optionally `count` (absent:
        until switched off), `account` (access or merchant code; absent: all), `applies_to` (create, enquire,
        cancel, all), `seconds` (0 to 120), `accepts` (true or false)
    :raises InvalidFaultOrder: nothing was switched then
    """
    reader = _Reader(fields)
    kind = reader.code("fault", FaultKind.values)
    applies_to = reader.code("applies_to", AppliesTo.values, is_optional=True)
    count = reader.number("count", 1, MAX_COUNT)
    seconds = reader.number("seconds", 0, MAX_SECONDS)
    accepts = reader.flag("accepts")
    account = reader.account("account")
    if reader.errors:
        raise InvalidFaultOrder(reader.errors)
    return switch_on(
        kind=FaultKind(kind),
        account=account,
        applies_to=AppliesTo(applies_to) if applies_to else None,
        count=count,
        seconds=seconds,
        accepts=accepts,
    )


class _Reader:
    """Reads fields that may be JSON values or a form's texts, and collects what is wrong with them."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields
        self.errors: dict[str, str] = {}

    def code(self, name: str, allowed: list[str], *, is_optional: bool = False) -> str:
        value = str(self.fields.get(name) or "").upper().replace("-", "_")
        if value not in allowed and not (is_optional and not value):
            self.errors[name] = "must be one of " + ", ".join(allowed)
        return value

    def number(self, name: str, least: int, most: int) -> int | None:
        value = self.fields.get(name)
        if value in (None, ""):
            return None
        text = str(value)
        if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
            return int(text)
        self.errors[name] = f"must be a whole number from {least} to {most}"
        return None

    def flag(self, name: str) -> bool | None:
        value = self.fields.get(name)
        known = {"true": True, "false": False, "": None}
        text = "" if value is None else str(value).lower()
        if text not in known:
            self.errors[name] = "must be true or false"
        return known.get(text)

    def account(self, name: str) -> SandboxAccount | None:
        code = self.fields.get(name)
        if code in (None, ""):
            return None
        try:
            return find_account_by_any_code(str(code).replace("\0", ""))
        except UnknownAccount:
            self.errors[name] = "is not known here"
            return None
