"""Customers from a spreadsheet, and the columns that every kind has of them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.importing import cells
from billing.importing.kinds import Column, ImportKind, Made, Values
from billing.models import Merchant
from billing.services import upsert_customer

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


def _make(merchant: Merchant, values: Values, actor: str, now: datetime) -> Made:
    customer_id = upsert_customer(merchant_id=merchant.pk, **values, now=now)
    return Made(customer_id, str(values["name"]))


CUSTOMERS = ImportKind(
    code="CUSTOMER",
    title=_("Customers"),
    columns=(NAME, PHONE, EMAIL, NATIONAL_ID, ADDRESS),
    make=_make,
    identity=None,
    series=("phone",),
)
