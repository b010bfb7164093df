"""What the gateway answered, whichever of its five shapes it used (gateway.md, Transport)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from invoices.gateway import wire_json
from invoices.gateway.cipher import Cipher
from invoices.gateway.errors import CipherError, ReplyInvalid
from invoices.gateway.readings import flag_of, integer_of, object_of

LONGEST_MESSAGE = 500
MOST_FIELDS = 50
_HEX = re.compile(r"[0-9a-fA-F]+")
_FIELD_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,60}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """
    One readable answer.

    ``status`` is the gateway's own verdict and None where it gave none; ``response`` is its
    ``response`` or ``data``; ``message`` is for people, in English where it came in two languages.
    """

    status: bool | None
    code: int | None
    message: str
    response: object
    field_errors: dict[str, list[str]]
    was_encrypted: bool


def read_answer(*, body: bytes, ciphers: Sequence[Cipher]) -> Answer:
    """
    Read an answer's body, trying the ciphers in turn.

    :param ciphers: the present key pair, then the one it replaced (reliability.md, F5)
    :raises ReplyInvalid: for a body in none of the five shapes
    """
    text = _text(body)
    if _HEX.fullmatch(text):
        return _decrypted(text, ciphers)
    content = _json(text)
    sealed = _sealed_text(content)
    if sealed is not None:
        return _decrypted(sealed, ciphers)
    if isinstance(content, dict) and ("status" in content or "message" in content):
        return _answer(content, was_encrypted=False)
    raise ReplyInvalid("The gateway's answer has an unknown shape.")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ReplyInvalid("The gateway's answer is not text.") from None


def _json(text: str) -> object:
    try:
        return wire_json.parse(text)
    except wire_json.JsonRefused:
        raise ReplyInvalid("The gateway's answer is neither JSON nor encrypted.") from None


def _sealed_text(content: object) -> str | None:
    """The hex inside a JSON string, or inside an object without ``status``."""
    if isinstance(content, dict) and "status" not in content:
        content = content.get("response", content.get("data"))
    if isinstance(content, str) and _HEX.fullmatch(content):
        return content
    return None


def _decrypted(hex_text: str, ciphers: Sequence[Cipher]) -> Answer:
    for cipher in ciphers:
        try:
            content = cipher.decrypt_json(hex_text)
        except CipherError:
            continue
        if isinstance(content, dict):
            return _answer(content, was_encrypted=True)
    raise ReplyInvalid("The gateway's answer cannot be decrypted.")


def _answer(content: Mapping[str, object], *, was_encrypted: bool) -> Answer:
    response = content.get("response", content.get("data"))
    return Answer(
        status=flag_of(content.get("status")),
        code=integer_of(content.get("code")),
        message=_message(content.get("message")),
        response=response,
        field_errors=_field_errors(response) or _field_errors(content.get("data")),
        was_encrypted=was_encrypted,
    )


def _message(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("en") or value.get("ar")
    return value[:LONGEST_MESSAGE] if isinstance(value, str) else ""


def _field_errors(value: object) -> dict[str, list[str]]:
    """Entries shaped like ``{"amount": ["…"]}``; everything else in the object is left out."""
    errors: dict[str, list[str]] = {}
    for name, messages in list(object_of(value).items())[:MOST_FIELDS]:
        if _FIELD_NAME.fullmatch(name) and isinstance(messages, list):
            texts = [text[:LONGEST_MESSAGE] for text in messages[:10] if isinstance(text, str)]
            if texts:
                errors[name] = texts
    return errors
