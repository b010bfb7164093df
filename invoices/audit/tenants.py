"""I9: no foreign key crosses merchants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import F, ForeignKey, Model
from django.utils.translation import gettext_noop

from invoices.audit.difference import Difference, each

_APPS = ("billing", "subscriptions", "invoices")


def no_foreign_key_crosses_merchants(*, now: datetime) -> Iterator[Difference]:
    problem = gettext_noop("a row it refers to belongs to another merchant")
    for model in _tenant_models():
        for field in _foreign_keys(model):
            rows: Any = model._default_manager.filter(**{f"{field.name}__isnull": False})
            yield from each("I9", rows.exclude(merchant=F(f"{field.name}__merchant")), problem, field.name)


def _tenant_models() -> list[type[Model]]:
    models = [model for label in _APPS for model in apps.get_app_config(label).get_models()]
    return [model for model in models if _has_merchant(model)]


def _has_merchant(model: type[Model]) -> bool:
    return any(field.name == "merchant" for field in model._meta.fields)


def _foreign_keys(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    fields = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
    return [field for field in fields if field.name != "merchant" and _has_merchant(field.related_model)]
