"""Bills from a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.importing import cells
from billing.importing.customers import ADDRESS, EMAIL, NAME, NATIONAL_ID, PHONE
from billing.importing.kinds import Column, ImportKind, Made, Origin, Values, sum_of
from billing.services import NewBill, create_bills

REFERENCE = Column(
    code="reference",
    title=_("Your reference"),
    check=cells.reference,
)
DESCRIPTION = Column(
    code="description",
    title=_("Description"),
    check=cells.long_text,
)
NOTES = Column(
    code="notes",
    title=_("Notes"),
    check=cells.long_text,
)


def _make(origins: Sequence[Origin], rows: Sequence[Values], now: datetime) -> list[Made]:
    origin = origins[0]
    bills = create_bills(merchant=origin.merchant, new=[_new(values) for values in rows], actor=origin.actor, now=now)
    return [Made(bill.pk, bill.billing_no) for bill in bills]


def _new(values: Values) -> NewBill:
    return NewBill(
        customer_name=values["name"],
        customer_phone=values["phone"],
        customer_email=values.get("email", ""),
        customer_national_id=values.get("national_id", ""),
        customer_address=values.get("address", ""),
        service_type=values["service"],
        amount=values["amount"],
        due_date=values["due_date"],
        description=values.get("description", ""),
        notes=values.get("notes", ""),
    )


def _identity(values: Values) -> tuple[object, ...]:
    """The same amount of the same service for the same person and day."""
    return values["phone"], values["service"], values["amount"], values["due_date"]


BILLS = ImportKind(
    code="BILL",
    title=_("Bills"),
    columns=(
        NAME,
        PHONE,
        Column(
            code="service",
            title=_("Service"),
            check=cells.name,
            is_required=True,
        ),
        Column(
            code="amount",
            title=_("Amount"),
            check=cells.amount,
            is_required=True,
        ),
        Column(
            code="due_date",
            title=_("Due date"),
            check=cells.day,
            is_required=True,
            is_day=True,
        ),
        REFERENCE,
        EMAIL,
        NATIONAL_ID,
        ADDRESS,
        DESCRIPTION,
        NOTES,
    ),
    make=_make,
    identity=_identity,
    series=("phone", "service"),
    amount="amount",
    made="billing.bill",
    facts=sum_of("amount"),
)
