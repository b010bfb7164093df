from __future__ import annotations

from typing import Any

from billing.clock import database_now
from billing.management.json_command import JsonCommand
from invoices.policy import GatewayPolicy
from invoices.services.sweeps import sweep_everything


class Command(JsonCommand):
    help = "Run every sweep once, here and now, and print how much each found to do. Works without Redis."

    def answer(self, **options: Any) -> dict[str, int]:
        return sweep_everything(now=database_now(), policy=GatewayPolicy.from_settings())
