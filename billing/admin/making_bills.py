"""A form makes one bill, however often it is posted: what it made is remembered as the API remembers its answers."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_noop

from billing.admin.page_actions import Doer
from billing.api.errors import IdempotencyConflict, IdempotencyKeyReused
from billing.api.idempotency import Answer, Claim, answer_once
from billing.errors import DomainError
from billing.models import Bill, Merchant
from billing.services import NewBill, create_bill


class BillMadeAlready(DomainError):
    code = "BILL_MADE_ALREADY"
    message = gettext_noop("This form has made a bill already, with other entries. Begin a new one for another bill.")


class BillBeingMade(DomainError):
    code = "BILL_BEING_MADE"
    message = gettext_noop("This bill is being made at this moment. Look for it in the list of bills.")


def make_bill_once(*, merchant: Merchant, new: NewBill, form_id: str, doer: Doer) -> Bill:
    """
    The bill that this form makes, or made already.

    :param form_id: of the form, for as long as an idempotency key is remembered
    :raises BillMadeAlready: it made one of other entries
    :raises BillBeingMade: another tab has been at it for seconds
    :raises EmailMissing: what `create_bill` refuses
    """
    claim = Claim(
        merchant_id=merchant.pk,
        endpoint="bills-by-hand",
        key=f"{doer.actor}:{form_id}",
        body_digest=hashlib.sha256(repr(new).encode()).hexdigest(),
    )

    def work() -> Answer:
        return Answer(text=str(create_bill(merchant=merchant, new=new, actor=doer.actor, now=doer.now).pk))

    try:
        answer = answer_once(claim, work=work, now=doer.now)
    except IdempotencyKeyReused as refusal:
        raise BillMadeAlready from refusal
    except IdempotencyConflict as refusal:
        raise BillBeingMade from refusal
    return Bill.objects.get(merchant=merchant, pk=int(answer.text))
