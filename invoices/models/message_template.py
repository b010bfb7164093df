from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models import Language, Merchant
from billing.models.history import ChangeHistory


class MessageTemplate(models.Model):
    """A merchant's own words, in place of ours, for one kind of message in one language."""

    class Use(models.TextChoices):
        INVOICE_EMAIL = "INVOICE_EMAIL", _("Invoice, by e-mail")
        INVOICE_WHATSAPP = "INVOICE_WHATSAPP", _("Invoice, by WhatsApp from staff")
        REMINDER_EMAIL = "REMINDER_EMAIL", _("Reminder, by e-mail")
        REMINDER_WHATSAPP = "REMINDER_WHATSAPP", _("Reminder, by WhatsApp from staff")
        RECEIPT_EMAIL = "RECEIPT_EMAIL", _("Receipt, by e-mail")
        RECEIPT_WHATSAPP = "RECEIPT_WHATSAPP", _("Receipt, by WhatsApp from staff")
        DESCRIPTION = "DESCRIPTION", _("The line in the gateway's own message")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="message_templates", db_index=False
    )
    use = models.CharField(_("message"), max_length=17, choices=Use)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=150, blank=True, help_text=_("Of an e-mail."))
    body = models.TextField(_("text"), max_length=2000)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)

    history = ChangeHistory(without=("updated_at",))

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["merchant", "use", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "use", "language"], name="message_template_is_one_per_use_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} · {self.get_language_display()}"
