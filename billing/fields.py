"""Model fields of our own: money and secrets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cryptography.fernet import InvalidToken
from django import forms
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.query_utils import DeferredAttribute

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


class _Sealed(str):
    """A secret as the database holds it."""

    __slots__ = ()


class _OpenedWhenNeeded(DeferredAttribute):
    """
    Decrypts the secret when somebody asks for it, and not with every row that happens to be read.

    A row whose secret no key opens can so be shown, linked to and put right.
    """

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, _Sealed):
            value = instance.__dict__[self.field.attname] = self._open(value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value

    def _open(self, sealed: _Sealed) -> str:
        try:
            return decrypt(sealed)
        except InvalidToken:
            raise UnreadableSecret(
                f"{self.field.model.__name__}.{self.field.name} was encrypted with a key that is no longer among "
                "FIELD_ENCRYPTION_KEYS."
            ) from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """
    A short secret, encrypted at rest. Cannot be searched.

    Reading the attribute raises UnreadableSecret where no key opens it; reading the row does not.
    """

    descriptor_class = _OpenedWhenNeeded

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return _Sealed(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value


def secret_fields(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


def unreadable_secrets(row: models.Model) -> list[str]:
    """The names of its secrets that no key opens: entering them again is all that helps."""
    names = []
    for name in secret_fields(type(row)):
        try:
            getattr(row, name)
        except UnreadableSecret:
            names.append(name)
    return names
