"""The fields of `POST api/v1/invoice/resend`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from invoices.sandbox.answers import invalid_fields
from invoices.sandbox.field_checks import check_country_code, check_mobile_number, check_text

CHECKS: Final = {
    "resendId": check_text(40),
    "mobileNumber": check_mobile_number,
    "countryCode": check_country_code,
}


@dataclass(frozen=True, kw_only=True)
class Resend:
    resend_id: str
    phone: str


def read_resend(payload: Mapping[str, Any]) -> Resend:
    """:raises Refusal: 422 with every wrong field named"""
    errors: dict[str, list[str]] = {}
    for name, check in CHECKS.items():
        try:
            check(payload.get(name))
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise invalid_fields(errors)
    country = payload["countryCode"].removeprefix("+")
    return Resend(resend_id=payload["resendId"], phone=f"+{country}{payload['mobileNumber']}")
