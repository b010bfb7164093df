"""The operations on bills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_view

from billing.api.commands import parse_new_bill
from billing.api.envelope import success_text
from billing.api.operations import DocumentedOperation
from billing.api.schema import ADD_BILL
from billing.idempotency import Answer
from billing.json_shapes import describe_bill
from billing.models import Merchant
from billing.payment_links import LinkKind
from billing.services import create_bill
from billing.services.links import payment_url


@extend_schema_view(post=ADD_BILL)
class AddBill(DocumentedOperation):
    endpoint = "bills"
    failure_message = "An error occurred while creating the bill"

    def limit_of(self, merchant: Merchant) -> int:
        return merchant.bills_per_hour

    def create(self, merchant: Merchant, body: Mapping[str, Any], *, actor: str, now: datetime) -> Answer:
        new = parse_new_bill(body, currency=merchant.currency)
        bill = create_bill(merchant=merchant, new=new, actor=actor, now=now)
        link = payment_url(
            merchant_username=merchant.username,
            kind=LinkKind.BILL,
            payable_id=bill.pk,
            version=bill.link_version,
        )
        return Answer(
            text=success_text("Bill created successfully", describe_bill(bill)), link=f'<{link}>; rel="payment"'
        )
