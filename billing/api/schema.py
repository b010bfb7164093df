"""The OpenAPI document: the operation on bills, and what belongs to the document as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import extend_schema

from billing.api import errors, openapi
from billing.api.commands import REQUIRED
from billing.api.openapi import Schema, object_of, optional
from billing.api.openapi_answers import PAYMENT_LINK, refusals, success
from billing.api.operations import DocumentedOperation

MISSING_FIELDS: Final = "Missing required fields"
INVALID_PHONE: Final = {"code": "INVALID_PHONE", "message": errors.InvalidPhone.message}

_PARAMETERS: Final[list[Schema]] = [
    {
        "name": "username",
        "in": "path",
        "required": True,
        "description": "The merchant's name in this API.",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{2,31}$"},
    },
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Your own name for this document. Sending the same body with the same key again within 24 "
        "hours returns the first answer and creates nothing.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
]


def operation(*, operation_id: str, summary: str, description: str, body: Schema, answers: Mapping[str, Schema]) -> Any:
    """What a view is decorated with; its answers by status."""
    return extend_schema(
        operation={
            "operationId": operation_id,
            "summary": summary,
            "description": description,
            "parameters": _PARAMETERS,
            "security": [{"ApiKey": []}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": dict(answers),
        }
    )


def keep_operations(endpoints: list[tuple[Any, ...]], **kwargs: Any) -> list[tuple[Any, ...]]:
    """drf-spectacular's preprocessing hook: only the operations, without the slash they do not need."""
    return [
        (path.rstrip("/"), pattern, method, callback)
        for path, pattern, method, callback in endpoints
        if issubclass(callback.cls, DocumentedOperation)
    ]


def add_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(_COMPONENTS)
    components["securitySchemes"] = {
        "ApiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "A key issued for the merchant in the path. It counts nowhere else in a request.",
        }
    }
    return result


_NEW_BILL: Final = object_of(
    {
        "customerName": openapi.NAME,
        "customerPhone": openapi.PHONE,
        "customerEmail": optional(openapi.EMAIL),
        "customerNationalId": optional(openapi.NATIONAL_ID),
        "customerAddress": optional(openapi.ADDRESS),
        "serviceType": openapi.NAME,
        "dueAmount": openapi.AMOUNT,
        "dueDate": openapi.DATE,
        "description": optional(openapi.LONG_TEXT),
        "notes": optional(openapi.LONG_TEXT),
    },
    required=REQUIRED,
) | {
    "examples": [
        {
            "customerName": "Razzbery Solutions",
            "customerPhone": "0777839071",
            "customerEmail": "info@razzbery.com",
            "customerNationalId": "9876543210",
            "customerAddress": "123 Main St, Amman, Jordan",
            "serviceType": "Water Bill",
            "dueAmount": 150.50,
            "dueDate": "2025-12-31",
            "description": "Monthly water consumption bill",
            "notes": "Customer prefers email notifications",
        }
    ]
}
_COMPONENTS: Final[Mapping[str, Schema]] = {
    "Blank": openapi.BLANK | {"description": "Only spaces and characters without width: the same as absent."},
    "NewBill": _NEW_BILL,
}

ADD_BILL: Final = operation(
    operation_id="addBill",
    summary="Create a bill",
    description="Makes a bill for one customer of the merchant. Fields not listed here are ignored.",
    body={"$ref": "#/components/schemas/NewBill"},
    answers={
        "200": success(
            "Bill created successfully",
            {
                "_id": openapi.PUBLIC_ID,
                "billingNo": openapi.number("BILL"),
                "billNo": openapi.number("BN"),
                "customerName": {"type": "string"},
                "customerPhone": openapi.PHONE,
                "customerEmail": {"type": ["string", "null"]},
                "serviceType": {"type": "string"},
                "dueAmount": openapi.AMOUNT,
                "dueDate": openapi.INSTANT,
                "status": {"const": "PENDING"},
                "createdAt": openapi.INSTANT,
            },
            PAYMENT_LINK,
            example={
                "_id": "674a1b2c3d4e5f6a7b8c9d0e",
                "billingNo": "BILL-20251201-0001",
                "billNo": "BN-20251201-0001",
                "customerName": "Razzbery Solutions",
                "customerPhone": "0777839071",
                "customerEmail": "info@razzbery.com",
                "serviceType": "Water Bill",
                "dueAmount": 150.50,
                "dueDate": "2025-12-31T00:00:00.000Z",
                "status": "PENDING",
                "createdAt": "2025-12-01T10:30:00.000Z",
            },
        ),
        **refusals(
            errors.InvalidPhone,
            errors.InvalidAmount,
            failure_message="An error occurred while creating the bill",
            examples=[
                {"code": "VALIDATION_ERROR", "message": MISSING_FIELDS, "required": list(REQUIRED)},
                INVALID_PHONE,
                {"code": "INVALID_AMOUNT", "message": "Due amount must be greater than 0"},
            ],
        ),
    },
)
