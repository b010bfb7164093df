"""The operation on subscriptions in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from billing.api import errors, openapi
from billing.api.openapi import Schema, object_of, optional, or_null
from billing.api.openapi_answers import refusals, success
from billing.api.schema import INVALID_PHONE, MISSING_FIELDS, operation
from subscriptions.api.commands import COMMON, REQUIRED
from subscriptions.models import Subscription
from subscriptions.schedules import MAX_INSTALLMENTS

Type = Subscription.Type

_CUSTOMER: Final[Mapping[str, Schema]] = {
    "customerName": openapi.NAME,
    "customerPhone": openapi.PHONE,
    "customerEmail": optional(openapi.EMAIL),
    "productName": openapi.NAME,
}
_CUSTOMER_EXAMPLE: Final = {
    "customerName": "Razzbery Solutions",
    "customerPhone": "0777839071",
    "customerEmail": "info@razzbery.com",
}
_INSTALLMENT: Final = object_of(
    {
        "dueDate": openapi.DATE,
        "amount": openapi.AMOUNT,
        "description": optional(openapi.LONG_TEXT),
    },
    required=["dueDate", "amount"],
)
_AMOUNTS: Final[Mapping[Type, Mapping[str, Schema]]] = {
    Type.FIXED_MONTHLY: {
        "totalAmount": openapi.AMOUNT,
        "monthlyPayment": openapi.AMOUNT
        | {"description": f"At most totalAmount, which it must cover in {MAX_INSTALLMENTS} payments."},
        "paymentDay": openapi.PAYMENT_DAY,
    },
    Type.CUSTOM_SCHEDULE: {
        "totalAmount": openapi.AMOUNT | {"description": "The sum of the installments' amounts."},
        "customInstallments": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_INSTALLMENTS,
            "items": _INSTALLMENT,
        },
    },
    Type.OPEN_ENDED: {"recurringAmount": openapi.AMOUNT, "paymentDay": openapi.PAYMENT_DAY},
}
_EXAMPLES: Final[Mapping[Type, Mapping[str, Any]]] = {
    Type.FIXED_MONTHLY: {
        "productName": "iPhone 15 Pro Max",
        "totalAmount": 1200,
        "monthlyPayment": 100,
        "paymentDay": 5,
        "description": "iPhone 15 Pro Max 256GB Black",
    },
    Type.CUSTOM_SCHEDULE: {
        "productName": "Laptop Dell XPS 15",
        "totalAmount": 900,
        "customInstallments": [
            {"dueDate": "2025-12-10", "amount": 300, "description": "First payment"},
            {"dueDate": "2026-03-10", "amount": 300, "description": "Second payment"},
            {"dueDate": "2026-06-10", "amount": 300, "description": "Final payment"},
        ],
    },
    Type.OPEN_ENDED: {
        "productName": "Gym Membership - Premium",
        "recurringAmount": 25,
        "paymentDay": 1,
        "description": "Premium gym membership",
    },
}


def _component(type_: Type) -> str:
    return "New" + type_.value.title().replace("_", "")


def _new_subscription(type_: Type) -> Schema:
    properties = {
        "subscriptionType": {"const": type_.value},
        **_CUSTOMER,
        **_AMOUNTS[type_],
        "autoGenerateInvoices": {"type": ["boolean", "null"], "default": True},
        "description": optional(openapi.LONG_TEXT),
    }
    example = {"subscriptionType": type_.value, **_CUSTOMER_EXAMPLE, **_EXAMPLES[type_], "autoGenerateInvoices": True}
    return object_of(properties, required=REQUIRED[type_]) | {"examples": [example]}


def add_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook."""
    schemas = result["components"]["schemas"]
    schemas.update({_component(type_): _new_subscription(type_) for type_ in Type})
    return result


ADD_SUBSCRIPTION: Final = operation(
    operation_id="addSubscription",
    summary="Create a subscription",
    description="Makes a plan of installments for one customer. Its type decides which amounts it needs; fields of "
    "other types, and fields not listed here, are ignored.",
    body={
        "oneOf": [{"$ref": f"#/components/schemas/{_component(type_)}"} for type_ in Type],
        "discriminator": {
            "propertyName": "subscriptionType",
            "mapping": {type_.value: f"#/components/schemas/{_component(type_)}" for type_ in Type},
        },
    },
    answers={
        "200": success(
            "Subscription created successfully",
            {
                "_id": openapi.PUBLIC_ID,
                "subscriptionNo": openapi.number("SUB"),
                "subscriptionType": {"enum": list(Type.values)},
                "customerName": {"type": "string"},
                "customerPhone": openapi.PHONE,
                "productName": {"type": "string"},
                "totalAmount": or_null(openapi.AMOUNT),
                "monthlyPayment": or_null(openapi.AMOUNT),
                "recurringAmount": or_null(openapi.AMOUNT),
                "numberOfInstallments": {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_INSTALLMENTS},
                "status": {"const": "ACTIVE"},
                "createdAt": openapi.INSTANT,
            },
            example={
                "_id": "674a1b2c3d4e5f6a7b8c9d0e",
                "subscriptionNo": "SUB-20251201-0001",
                "subscriptionType": "FIXED_MONTHLY",
                "customerName": "Razzbery Solutions",
                "customerPhone": "0777839071",
                "productName": "iPhone 15 Pro Max",
                "totalAmount": 1200,
                "monthlyPayment": 100,
                "recurringAmount": None,
                "numberOfInstallments": 12,
                "status": "ACTIVE",
                "createdAt": "2025-12-01T10:30:00.000Z",
            },
        ),
        **refusals(
            errors.InvalidPhone,
            errors.InvalidAmount,
            errors.InvalidType,
            failure_message="An error occurred while creating the subscription",
            examples=[
                {"code": "VALIDATION_ERROR", "message": MISSING_FIELDS, "required": list(COMMON)},
                INVALID_PHONE,
                {
                    "code": "INVALID_TYPE",
                    "message": errors.InvalidType.message,
                    "validTypes": list(Type.values),
                },
            ],
        ),
    },
)
