"""Customers from a spreadsheet, and the columns that every kind has of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.importing import cells
from billing.importing.kinds import Column, ImportKind, Made, Origin, Values
from billing.services import StatedCustomer, upsert_customers

NAME = Column(
    code="name",
    title=_("Customer's name"),
    check=cells.name,
    is_required=True,
)
PHONE = Column(
    code="phone",
    title=_("Customer's phone"),
    check=cells.phone,
    is_required=True,
)
EMAIL = Column(
    code="email",
    title=_("Customer's e-mail"),
    check=cells.email,
)
NATIONAL_ID = Column(
    code="national_id",
    title=_("National id"),
    check=cells.national_id,
)
ADDRESS = Column(
    code="address",
    title=_("Address"),
    check=cells.address,
)


def _make(origins: Sequence[Origin], rows: Sequence[Values], now: datetime) -> list[Made]:
    stated = [StatedCustomer(**values) for values in rows]
    merchant, actor = origins[0].merchant, origins[0].actor
    ids = upsert_customers(merchant_id=merchant.pk, stated=stated, actor=actor, now=now)
    return [Made(customer_id, each.name) for customer_id, each in zip(ids, stated, strict=True)]


CUSTOMERS = ImportKind(
    code="CUSTOMER",
    title=_("Customers"),
    columns=(NAME, PHONE, EMAIL, NATIONAL_ID, ADDRESS),
    make=_make,
    identity=None,
    series=("phone",),
    made="billing.customer",
)
