"""
Proof that somebody was on a customer's page within the last half hour, carried in `?visit=`.

The page sets no cookie. What it hands out is bound to the customer and to the version of their link, says whether
the phone's digits were asked and right, and is worth nothing without the link or once it is old: an address copied
from a payment page leads nobody to the list the next day.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from billing.models import Customer
from invoices.pages.queries import query_value

VALID_FOR: Final = timedelta(minutes=30)
PARAMETER: Final = "visit"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """`text` goes into addresses; empty for a browser that proves nothing."""

    class Kind(enum.Enum):
        NONE = ""
        OPEN = "o"
        CHECKED = "c"

    kind: Kind
    text: str


NO_VISIT: Final = Visit(kind=Visit.Kind.NONE, text="")


def begin_visit(customer: Customer, kind: Visit.Kind) -> Visit:
    """:param kind: CHECKED only after the right digits"""
    return Visit(kind=kind, text=_signer(customer).sign(kind.value))


def visit_of(request: HttpRequest, customer: Customer) -> Visit:
    """The visit that the address names; NONE where it is forged, another customer's, of a revoked link, or old."""
    return read_visit(query_value(request, PARAMETER), customer)


def read_visit(text: str, customer: Customer) -> Visit:
    try:
        kind = Visit.Kind(_signer(customer).unsign(text, max_age=VALID_FOR))
    except BadSignature:
        return NO_VISIT
    return Visit(kind=kind, text=text)


def _signer(customer: Customer) -> TimestampSigner:
    return TimestampSigner(sep=".", salt=f"invoices.pages.visits/{customer.pk}/{customer.link_version}")
