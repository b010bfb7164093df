from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from django.apps import apps

        from billing.access import sessions
        from billing.webhooks import bills

        # The package's own name means nothing to whoever reads it above a page.
        apps.get_app_config("axes").verbose_name = _("Sign-in attempts")
        sessions.listen()
        bills.register()
