"""The gateway's own book: what exists, whatever its answers claimed."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from invoices.sandbox.models import InvoiceStatus, Operation, SandboxCall, SandboxInvoice


def read_book(*, account: str = "", reference: str = "") -> dict[str, Any]:
    """
    Invoices and create calls per account and reference, with totals: "exactly once" is read here (I2).

    :param account: an access or merchant code; empty: all
    :param reference: exactly this one; empty: all
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    _add_invoices(rows)
    _add_calls(rows)
    chosen = [
        row
        for key, row in sorted(rows.items())
        if account in ("", row["account"], row["merchant_code"]) and reference in ("", key[1])
    ]
    return {
        "book": chosen,
        "doubled": [row["reference"] for row in chosen if row["not_cancelled"] > 1],
        "totals": {name: sum(row[name] for row in chosen) for name in ("invoices", "not_cancelled", "create_calls")},
    }


def _add_invoices(rows: dict[tuple[str, str], dict[str, Any]]) -> None:
    found = SandboxInvoice.objects.order_by("pk").values_list(
        "account__access_code", "account__merchant_code", "reference_number", "status"
    )
    for access_code, merchant_code, reference, status in found:
        row = _row(rows, access_code, merchant_code, reference)
        row["statuses"].append(status)
        row["invoices"] += 1
        row["not_cancelled"] += int(status != InvoiceStatus.CANCELLED)


def _add_calls(rows: dict[tuple[str, str], dict[str, Any]]) -> None:
    counted = (
        SandboxCall.objects.filter(operation=Operation.CREATE, account__isnull=False)
        .values_list("account__access_code", "account__merchant_code", "reference")
        .annotate(calls=Count("pk"))
        .order_by()
    )
    for access_code, merchant_code, reference, calls in counted:
        _row(rows, access_code, merchant_code, reference)["create_calls"] = calls


def _row(
    rows: dict[tuple[str, str], dict[str, Any]], access_code: str, merchant_code: str, reference: str
) -> dict[str, Any]:
    return rows.setdefault(
        (access_code, reference),
        {
            "account": access_code,
            "merchant_code": merchant_code,
            "reference": reference,
            "invoices": 0,
            "not_cancelled": 0,
            "statuses": [],
            "create_calls": 0,
        },
    )
