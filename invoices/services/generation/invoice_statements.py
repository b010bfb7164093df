"""
The statements that turn a chunk of bills or installments into invoices, mark them, and tell of it.

Written as SQL because a month's run is a million of them: row by row it takes seven times as long
(`bench/generate.py`). The same statement makes a single invoice, so that there is one definition of what one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from django.db import models

from invoices.models import Invoice
from invoices.services.generation.among_ids import AMONG
from invoices.services.link_validity import LAST_DAY

Kind = Literal["bill", "installment"]

# What one kind of payable is called in each of the two statements.
_SOURCES: Final[dict[Kind, dict[str, str]]] = {
    "bill": {
        "table": "billing_bill",
        "document": "payable",
        "join": "",
        "is_owed": "payable.status = 'PENDING'",
        "description": "CASE WHEN payable.description <> '' THEN payable.description ELSE payable.service_type END",
        "invoiced": "invoiced_at = {now}",
    },
    "installment": {
        "table": "subscriptions_installment",
        "document": "document",
        "join": "JOIN subscriptions_subscription AS document ON document.id = payable.subscription_id",
        "is_owed": "payable.status IN ('SCHEDULED', 'INVOICED')",
        "description": """replace(replace(replace(
            CASE WHEN document.number_of_installments IS NULL
                THEN CASE {language} WHEN 'ar' THEN CAST(%(open_ar)s AS text) ELSE CAST(%(open_en)s AS text) END
                ELSE CASE {language} WHEN 'ar' THEN CAST(%(of_ar)s AS text) ELSE CAST(%(of_en)s AS text) END
            END,
            '<number>', CAST(payable.sequence AS text)),
            '<count>', COALESCE(CAST(document.number_of_installments AS text), '')),
            '<product>', document.product_name)""",
        "invoiced": "invoiced_at = {now}, status = 'INVOICED', hold = ''",
    },
}

_DIALECTS: Final = {
    "postgresql": {
        "among": AMONG["postgresql"],
        "padded": "lpad(counter::text, greatest(4, length(counter::text)), '0')",
        "random": "replace(gen_random_uuid()::text, '-', '')",
        "expires_on": LAST_DAY["postgresql"],
        "now": "%(now)s::timestamptz",
        "made": "unnest(%(invoice_ids)s::bigint[], %(details)s::jsonb[]) AS made(id, details)",
    },
    "sqlite": {
        "among": AMONG["sqlite"],
        "padded": "printf('%%04d', counter)",
        "random": "lower(hex(randomblob(16)))",
        "expires_on": LAST_DAY["sqlite"],
        "now": "%(now)s",
        "made": "(SELECT ids.value AS id, texts.value AS details FROM json_each(%(invoice_ids)s) AS ids"
        " JOIN json_each(%(details)s) AS texts ON texts.key = ids.key) AS made",
    },
}

_INSERT: Final = """
    INSERT INTO invoices_invoice ({columns})
    SELECT {values} FROM (
        SELECT drafted.*, CAST(%(prefix)s AS text) || {padded} AS number FROM (
            SELECT payable.id AS payable_id, payable.merchant_id, payable.due_date, payable.amount - payable.amount_paid
                AS amount, {document}.customer_id, {document}.customer_name, {document}.customer_phone,
                COALESCE(NULLIF({document}.customer_email, ''), customer.email) AS customer_email,
                {document}.currency, {language} AS language, {channel} AS channel, {description} AS description,
                row_number() OVER (ORDER BY payable.due_date, payable.id) + CAST(%(first)s AS bigint) - 1 AS counter
            FROM {table} AS payable {join}
            JOIN billing_customer AS customer ON customer.id = {document}.customer_id
            WHERE payable.id {among} AND payable.merchant_id = %(merchant)s
                AND payable.amount > payable.amount_paid AND {is_owed} {first_only}
        ) AS drafted
    ) AS numbered
    RETURNING {kind}_id, id, amount
"""
_MARK: Final = "UPDATE {table} SET {invoiced} WHERE id {among} AND invoiced_at IS NULL"
_TELL: Final = """
    INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details, occurred_at)
    SELECT CAST(%(merchant)s AS bigint), 'INVOICE', made.id, 'issued', CAST(%(actor)s AS text), made.details, {now}
    FROM {made}
"""
_LANGUAGE: Final = "COALESCE(NULLIF(customer.language, ''), CAST(%(language)s AS text))"
# Whoever chose a channel: where somebody else answered at the customer's phone, no message goes out (decision 23).
_CHANNEL: Final = (
    "CASE WHEN customer.messages_stopped_at IS NOT NULL THEN 'LINK' ELSE"
    " COALESCE(NULLIF(CAST(%(channel)s AS text), ''), NULLIF({document}.channel, ''), NULLIF(customer.channel, ''),"
    " CAST(%(usual_channel)s AS text)) END"
)


@dataclass(frozen=True)
class Statements:
    """In this order: `mark` and `tell` take what `insert` has made, as payable, invoice and thousandths of each."""

    insert: str
    mark: str
    tell: str


@lru_cache
def statements(kind: Kind, vendor: str, is_first: bool) -> Statements:
    """
    Those for this kind of payable, on this kind of database.

    :param is_first: only payables that were never invoiced
    """
    dialect, source = _DIALECTS[vendor], _SOURCES[kind]
    words = dialect | source | {"kind": kind, "language": _LANGUAGE}
    words["channel"] = _CHANNEL.format(**words)
    words["description"] = source["description"].format(**words)
    words["invoiced"] = source["invoiced"].format(**words)
    words["first_only"] = "AND payable.invoiced_at IS NULL" if is_first else ""
    values = _values(kind, dialect)
    words |= {"columns": ", ".join(values), "values": ", ".join(values.values())}
    return Statements(_INSERT.format(**words), _MARK.format(**words), _TELL.format(**words))


def _values(kind: Kind, dialect: dict[str, str]) -> dict[str, str]:
    """Each column of an invoice with its expression: what the statement computes, else the field's default."""
    computed = {name: name for name in ("merchant_id", "number", "customer_id", "customer_name", "customer_phone")}
    computed |= {name: name for name in ("customer_email", "currency", "amount", "description", "language")}
    computed |= {name: name for name in ("channel", "due_date")}
    computed |= {
        # Ten hexadecimal digits, without those that read like letters.
        "reference": f"number || '-' || replace(replace(substr({dialect['random']}, 1, 10), '0', 'g'), '1', 'h')",
        f"{kind}_id": "payable_id",
        "issue_no": "CAST(%(issue_no)s AS integer)",
        "expires_on": dialect["expires_on"],
        "created_at": dialect["now"],
        "next_attempt_at": dialect["now"],
        "gateway_account_id": "CAST(%(account)s AS bigint)",
    }
    fields = [field for field in Invoice._meta.concrete_fields if not field.primary_key]
    return {str(field.column): computed.get(str(field.column)) or _default(field) for field in fields}


def _default(field: models.Field[Any, Any]) -> str:
    value = field.get_default()
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).upper()
    assert isinstance(value, str)
    assert "'" not in value
    return f"'{value}'"
