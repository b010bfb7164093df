from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices and payments")

    def ready(self) -> None:
        from invoices import wake_ups, webhooks

        wake_ups.listen()
        webhooks.register()
