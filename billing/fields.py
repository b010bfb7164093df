"""Model fields of our own: money and secrets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cryptography.fernet import InvalidToken
from django import forms
from django.db import models
from django.db.models.expressions import Combinable

from billing.encryption import decrypt, encrypt
from billing.money import MAX_AMOUNT, from_thousandths, to_thousandths


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]  # not subscriptable at run time
    """
    A Decimal with three decimals, stored as whole thousandths: exact in sums, comparisons and constraints on every
    database.
    """

    # What the type checker's stubs read.
    _pyi_private_set_type: Decimal | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    _pyi_lookup_exact_type: Decimal | int  # type: ignore[assignment]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else from_thousandths(value)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return to_thousandths(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    @property
    def validators(self) -> list[Any]:
        # The integer range of the column is in thousandths; the amount's own range is a constraint of each model.
        return []

    def formfield(self, **kwargs: Any) -> Any:
        as_decimal: dict[str, Any] = {
            "form_class": forms.DecimalField,
            "max_digits": 12,
            "decimal_places": 3,
            "max_value": MAX_AMOUNT,
        }
        return models.Field.formfield(self, **(as_decimal | kwargs))


class UnreadableSecret(Exception):
    """A stored secret that no configured key opens: FIELD_ENCRYPTION_KEYS has lost the key that wrote it."""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A short secret, encrypted at rest. Cannot be searched."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return decrypt(value)
        except InvalidToken:
            raise UnreadableSecret(
                f"{self.model.__name__}.{self.name} was encrypted with a key that is no longer among "
                "FIELD_ENCRYPTION_KEYS."
            ) from None

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value
