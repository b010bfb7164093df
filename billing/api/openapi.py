"""The schema of each kind of value in the OpenAPI document; the same rules as `fields` checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from billing import field_values
from billing.money import MAX_AMOUNT

Schema = dict[str, Any]

_LEAP_DAYS: Final = "20(?:[02468][048]|[13579][26])-02-29"
_OTHER_DAYS: Final = (
    "(?:20[0-9]{2}|2100)-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
BLANK: Final[Schema] = {"type": "string", "pattern": f"^[{field_values.INVISIBLE}]*$"}
PHONE: Final[Schema] = {"type": "string", "pattern": "^07[0-9]{8}$", "description": "A Jordanian mobile number."}
DATE: Final[Schema] = {"type": "string", "pattern": f"^(?:{_OTHER_DAYS}|{_LEAP_DAYS})$"}
EMAIL: Final[Schema] = {"type": "string", "maxLength": field_values.EMAIL_LENGTH, "pattern": f"^{field_values.EMAIL}$"}
NATIONAL_ID: Final[Schema] = {"type": "string", "pattern": "^[0-9]{10}$"}
AMOUNT: Final[Schema] = {
    "type": "number",
    "exclusiveMinimum": 0,
    "maximum": float(MAX_AMOUNT),
    "multipleOf": 0.001,
    "description": "With no more decimals than the merchant's currency has: three in JOD.",
}
PAYMENT_DAY: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 28}
INSTANT: Final[Schema] = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
    "description": "UTC, with milliseconds.",
}
PUBLIC_ID: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{24}$"}


def number(prefix: str) -> Schema:
    """A document's number, such as `BILL-20251201-0001`."""
    return {"type": "string", "pattern": f"^{prefix}-[0-9]{{8}}-[0-9]{{4,}}$"}


def text(limit: int, *, is_multiline: bool = False) -> Schema:
    refused = field_values.REFUSED_IN_LINES if is_multiline else field_values.REFUSED_IN_A_LINE
    visible = f"[^{refused}{field_values.INVISIBLE}]"
    return {"type": "string", "maxLength": limit, "pattern": f"^[^{refused}]*{visible}[^{refused}]*$"}


NAME: Final = text(field_values.NAME_LENGTH)
ADDRESS: Final = text(field_values.ADDRESS_LENGTH, is_multiline=True)
LONG_TEXT: Final = text(field_values.TEXT_LENGTH, is_multiline=True)


def optional(schema: Schema) -> Schema:
    """Null and blank count as not sent (the component `Blank` is added by `schema.add_components`)."""
    return {"anyOf": [schema, {"$ref": "#/components/schemas/Blank"}, {"type": "null"}]}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def object_of(properties: Mapping[str, Schema], *, required: Sequence[str] | None = None) -> Schema:
    """Whose fields all appear unless `required` says otherwise. Further ones are ignored in requests."""
    return {
        "type": "object",
        "required": list(properties if required is None else required),
        "properties": dict(properties),
    }
