from __future__ import annotations

from typing import Any

from django.db import transaction

from billing.management.json_command import JsonCommand
from invoices.models import GatewayAccount


class Command(JsonCommand):
    help = (
        "Encrypt every stored secret anew with the first of FIELD_ENCRYPTION_KEYS, so that the others can be removed: "
        '{"accounts"}.'
    )

    def answer(self, **options: Any) -> dict[str, int]:
        rotated = 0
        for account_id in GatewayAccount.objects.values_list("pk", flat=True):
            rotated += _rotate(account_id)
        return {"accounts": rotated}


@transaction.atomic
def _rotate(account_id: int) -> int:
    # Reading decrypts with whichever key fits, writing encrypts with the first.
    account = GatewayAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    account.save(update_fields=["access_code", "secret_key", "iv_key", "login_password"])
    return 1
