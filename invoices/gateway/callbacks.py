"""
What the customer's browser or a webhook tells us: hints to go and ask, never facts.

Nothing here is signed, and CBC lets anyone flip bits (gateway.md, When the customer pays).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from invoices.gateway import wire_json
from invoices.gateway.cipher import Cipher
from invoices.gateway.errors import CipherError
from invoices.gateway.readings import object_of, text_of
from invoices.gateway.webhook_blocks import read_blocks

LONGEST_DATA = 20_000  # characters or bytes
MOST_FORM_FIELDS = 50


@dataclass(frozen=True, kw_only=True)
class ReturnHint:
    """What came with the customer; every text is one line of at most 200 characters, or None."""

    reference: str | None
    token: str | None
    result_code: str | None
    amount_text: str | None
    payment_id: str | None
    paid_at_text: str | None


@dataclass(frozen=True, kw_only=True)
class WebhookHint:
    """What a webhook claims; all None where it could not be read."""

    reference: str | None = None
    token: str | None = None
    status_text: str | None = None
    amount_text: str | None = None
    payment_type: str | None = None
    paid_at_text: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to ask the gateway about."""
        return self.reference is None and self.token is None


def read_return(data: str, cipher: Cipher) -> ReturnHint:
    """
    Read the ``data`` of a return URL; its fields lie in ``response`` or ``response.data``.

    :raises CipherError: for anything that is not an object encrypted with these keys
    """
    if not isinstance(data, str) or len(data) > LONGEST_DATA:
        raise CipherError("The data is not text of a sensible length.")
    content = cipher.decrypt_json(data)
    if not isinstance(content, dict):
        raise CipherError("The decrypted text is not an object.")
    fields = object_of(content.get("response"))
    fields = {**fields, **object_of(fields.get("data"))}
    return ReturnHint(
        reference=_identifier(fields.get("orderReferenceNumber")),
        token=_identifier(fields.get("paymentToken")),
        result_code=text_of(fields.get("resultCode")),
        amount_text=text_of(fields.get("amount")),
        payment_id=text_of(fields.get("paymentId")),
        paid_at_text=text_of(fields.get("paidOn")),
    )


def read_webhook(body: bytes, content_type: str) -> WebhookHint:
    """
    Read a webhook: a JSON object, a form, or Slack-style blocks.

    Never raises: whatever cannot be read, or is longer than 20 kB, is an empty hint.
    """
    fields = _webhook_fields(body[: LONGEST_DATA + 1], content_type)
    if "blocks" in fields:
        fields = {**read_blocks(fields["blocks"]), **fields}
    return WebhookHint(
        reference=_identifier(fields.get("reference_number")),
        token=_identifier(fields.get("token")),
        status_text=text_of(fields.get("status")),
        amount_text=text_of(fields.get("amount")),
        payment_type=text_of(fields.get("payment_type")),
        paid_at_text=text_of(fields.get("datetime")),
    )


def _webhook_fields(body: bytes, content_type: str) -> Mapping[str, object]:
    if len(body) > LONGEST_DATA:
        return {}
    try:
        text = body.decode("utf-8-sig")
        if "form-urlencoded" in content_type.lower():
            return _form_fields(text)
        return object_of(wire_json.parse(text))
    except ValueError:
        return {}


def _form_fields(text: str) -> Mapping[str, object]:
    """A field given twice is left out: there is no telling which one was meant."""
    pairs = parse_qs(text, max_num_fields=MOST_FORM_FIELDS, errors="strict")
    return {name: values[0] for name, values in pairs.items() if len(values) == 1}


def _identifier(value: object) -> str | None:
    """Text that can be one segment of the enquiry's path: never dots alone."""
    text = text_of(value)
    return None if text is None or text.strip() in ("", ".", "..") else text
