"""
Ids and numbers that were given out after the backup was taken are not given out again.

Links that customers hold and webhooks that merchants have seen are made of ids: the same id again would open somebody
else's bill under an old link.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, Model

from billing.models import Merchant, NumberSequence
from billing.services.numbers import take_numbers

APPS: Final = ("billing", "subscriptions", "invoices")
# More than any merchant makes between two backups, and far less than what ids have room for.
IDS: Final = 1_000_000
NUMBERS: Final = 5_000


@transaction.atomic
def move_ahead(*, now: datetime) -> None:
    """The ids of every table, and each merchant's numbers of today. Doing it twice leaves a larger gap."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in APPS and isinstance(model._meta.pk, AutoField) and not model._meta.proxy:
            _move_ids(model)
    for merchant in Merchant.objects.order_by("pk"):
        for kind in NumberSequence.Kind:
            take_numbers(merchant_id=merchant.pk, day=merchant.local_date(now), kind=kind, count=NUMBERS)


def _move_ids(model: type[Model]) -> None:
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [IDS, table])
        else:
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(f"SELECT setval({sequence}, nextval({sequence}) + %s)", [table, column] * 2 + [IDS])
