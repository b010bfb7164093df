"""The Slack-style shape of the gateway's webhook (reliability.md, K21)."""

import re
from collections.abc import Iterator

from invoices.gateway.readings import object_of

MOST_BLOCKS = 20
_LABELLED = re.compile(r"\*([A-Za-z& ]{1,40}):\*\s*([^\s].{0,200})")
_HEADLINE = re.compile(r"TRANSACTION ([A-Z]{1,20})")
_FIELDS = {
    "transaction token": "token",
    "token": "token",
    "order reference number": "reference_number",
    "reference number": "reference_number",
    "amount": "amount",
    "payment type": "payment_type",
    "date & time": "datetime",
}


def read_blocks(blocks: object) -> dict[str, object]:
    """
    The webhook's ordinary fields, from lines such as "*Transaction Token:*\\n8422" and the headline.

    The amount keeps its currency ("KWD 49"). Whatever has another shape is left out.
    """
    fields: dict[str, object] = {}
    for text in _texts(blocks):
        if headline := _HEADLINE.fullmatch(text.strip()):
            fields.setdefault("status", headline[1])
        labelled = _LABELLED.fullmatch(text.strip())
        if labelled and (name := _FIELDS.get(labelled[1].strip().lower())):
            fields.setdefault(name, labelled[2])
    return fields


def _texts(blocks: object) -> Iterator[str]:
    for block in blocks[:MOST_BLOCKS] if isinstance(blocks, list) else []:
        parts = object_of(block).get("fields")
        for part in [object_of(block).get("text"), *(parts[:MOST_BLOCKS] if isinstance(parts, list) else [])]:
            text = object_of(part).get("text")
            if isinstance(text, str):
                yield text
