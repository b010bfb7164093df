from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "invoices.sandbox"
    label = "sandbox"
    verbose_name = "Sandbox gateway"

    def ready(self) -> None:
        from invoices.sandbox import checks  # noqa: F401  (registers the system check)
