"""Merchants come to be."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from billing.errors import DomainError
from billing.models import Event, Merchant
from billing.services.events import record_event


class MerchantInvalid(DomainError):
    code = "MERCHANT_INVALID"
    message = "This merchant cannot be created."


@transaction.atomic
def create_merchant(*, merchant: Merchant, actor: str, now: datetime) -> Merchant:
    """
    Store a merchant that was filled in but not saved yet.

    :raises MerchantInvalid: with what is wrong, field by field; nothing is stored
    """
    merchant.created_at = now
    try:
        merchant.full_clean()
    except ValidationError as problems:
        reasons = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in problems.message_dict.items())
        raise MerchantInvalid(reasons) from problems
    merchant.save(force_insert=True)
    record_event(
        merchant_id=merchant.pk, subject=Event.Subject.MERCHANT, subject_id=merchant.pk, name="created", actor=actor
    )
    return merchant
