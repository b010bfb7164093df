from __future__ import annotations

from collections import Counter
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from billing.fields import secret_fields, unreadable_secrets
from billing.management.json_command import JsonCommand


class Command(JsonCommand):
    help = (
        "Encrypt every stored secret anew with the first of FIELD_ENCRYPTION_KEYS, so that the others can be removed: "
        '{"rotated", "unreadable"}. What no key opens stays as it is and is named.'
    )

    def answer(self, **options: Any) -> dict[str, Any]:
        rotated: Counter[str] = Counter()
        unreadable: list[str] = []
        # Looked for, not listed: a model forgotten here would lose its secrets with the old key.
        for model in apps.get_models():
            if secret_fields(model) and not model._meta.proxy:
                for row_id in model._base_manager.order_by("pk").values_list("pk", flat=True):
                    count, lost = _rotate(model, row_id)
                    rotated[model._meta.label] += count
                    unreadable += [f"{model._meta.label} {row_id}: {name}" for name in lost]
        return {"rotated": dict(rotated), "unreadable": unreadable}


@transaction.atomic
def _rotate(model: type[Model], row_id: int) -> tuple[int, list[str]]:
    """How many secrets of the row were encrypted anew, and which no key opens."""
    rows = model._base_manager.filter(pk=row_id)
    row = rows.select_for_update(no_key=True).get()
    lost = unreadable_secrets(row)
    readable = {name: getattr(row, name) for name in secret_fields(model) if name not in lost}
    secrets = {name: secret for name, secret in readable.items() if secret}
    if secrets:
        rows.update(**secrets)  # no history: what is kept has not changed
    return len(secrets), lost
