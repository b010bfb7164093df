"""A payment as the payment gateway describes it (gateway.md, The rest of the merchant API)."""

from dataclasses import dataclass
from decimal import Decimal

from invoices.gateway.codes import TransactionStatus
from invoices.gateway.errors import ReplyInvalid
from invoices.gateway.readings import amount_of, object_of, text_of


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """
    The payment gateway's own word on a payment; a text it left out is "".

    ``amount`` is in the account's currency; ``paid_at_text`` is the gateway's local time, unparsed.
    """

    token: str
    amount: Decimal | None
    reference: str
    status: TransactionStatus
    payment_id: str
    payment_type: str
    paid_at_text: str


def read_transaction(value: object, *, token: str = "", reference: str = "") -> Transaction:
    """
    Read a transaction asked for by its token or by our reference.

    :raises ReplyInvalid: if it is another transaction, has an unknown status or an unreadable amount
    """
    content = object_of(value)
    found = Transaction(
        token=_text(content, "token"),
        amount=amount_of(content.get("amount")),
        reference=_text(content, "reference_number"),
        status=_status(content.get("status")),
        payment_id=_text(content, "PaymentID"),
        payment_type=_text(content, "payment_type"),
        paid_at_text=_text(content, "datetime"),
    )
    if (token and found.token != token) or (reference and found.reference not in ("", reference)):
        raise ReplyInvalid("The gateway answered about another transaction.")
    return found


def _text(content: object, name: str) -> str:
    return text_of(object_of(content).get(name)) or ""


def _status(value: object) -> TransactionStatus:
    # No trimming and no other case: a status close to SUCCESSFUL is not a payment (reliability.md, K15).
    for status in TransactionStatus:
        if value == status.value:
            return status
    raise ReplyInvalid("The gateway gave a transaction status we do not know.")
