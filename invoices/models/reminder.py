from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.models import Bill, Customer, Merchant
from billing.models.history import ChangeHistory
from invoices.models.invoice import Invoice
from subscriptions.models import Installment


class ReminderChannel(models.TextChoices):
    GATEWAY = "GATEWAY", _("The gateway's own message again")
    EMAIL = "EMAIL", _("E-mail")
    WHATSAPP = "WHATSAPP", _("WhatsApp, sent by staff")


def days_in_words(days: int) -> str:
    """The day of a step, from the due date."""
    if days == 0:
        return gettext("On the due date")
    if days < 0:
        return ngettext("%(n)s day before the due date", "%(n)s days before the due date", -days) % {"n": -days}
    return ngettext("%(n)s day after the due date", "%(n)s days after the due date", days) % {"n": days}


class ReminderStep(models.Model):
    """A merchant reminds so many days after the due date, or before it, where the number is negative."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="reminder_steps", db_index=False
    )
    days = models.SmallIntegerField(
        _("days after the due date"), help_text=_("Negative: so many days before it. 0: on the day.")
    )
    channel = models.CharField(_("channel"), max_length=8, choices=ReminderChannel, default=ReminderChannel.GATEWAY)

    history = ChangeHistory()

    class Meta:
        verbose_name = _("reminder step")
        verbose_name_plural = _("reminder steps")
        ordering = ["merchant", "days"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "days"], name="reminder_step_is_one_per_day"),
            models.CheckConstraint(condition=Q(days__gte=-60, days__lte=365), name="reminder_step_is_near_the_date"),
        ]

    def __str__(self) -> str:
        return days_in_words(self.days)


class Reminder(models.Model):
    """One reminder of one bill or installment: written down before anything is sent."""

    class Status(models.TextChoices):
        CLAIMED = "CLAIMED", _("Being sent")
        SENT = "SENT", _("Sent")
        TO_DO = "TO_DO", _("To be sent")
        NOT_SENT = "NOT_SENT", _("Not sent")
        UNKNOWN = "UNKNOWN", _("Outcome unknown")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="reminders", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="reminders", db_index=False
    )
    bill = models.ForeignKey(
        Bill, models.PROTECT, verbose_name=_("bill"), null=True, related_name="reminders", db_index=False
    )
    installment = models.ForeignKey(
        Installment, models.PROTECT, verbose_name=_("installment"), null=True, related_name="reminders", db_index=False
    )
    invoice = models.ForeignKey(Invoice, models.PROTECT, verbose_name=_("invoice"), related_name="reminders")
    days = models.SmallIntegerField(_("days after the due date"))
    channel = models.CharField(_("channel"), max_length=8, choices=ReminderChannel)
    on_date = models.DateField(_("day"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.CLAIMED)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    claimed_at = models.DateTimeField(_("claimed"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "customer", "on_date"], name="reminder_is_one_a_day_per_customer"
            ),
            models.UniqueConstraint(fields=["merchant", "bill", "days"], name="reminder_of_a_bill_is_made_once"),
            models.UniqueConstraint(
                fields=["merchant", "installment", "days"], name="reminder_of_an_installment_is_made_once"
            ),
            models.CheckConstraint(
                condition=Q(bill__isnull=False, installment__isnull=True)
                | Q(bill__isnull=True, installment__isnull=False),
                name="reminder_is_of_one_bill_or_installment",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "claimed_at"], condition=Q(status="CLAIMED"), name="reminder_claimed"),
            models.Index(fields=["merchant", "id"], name="reminder_listed"),
            models.Index(fields=["merchant", "id"], condition=Q(status="TO_DO"), name="reminder_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.bill or self.installment} · {self.on_date}"

    @property
    def waits_for_staff(self) -> bool:
        """Whether somebody is to send it through WhatsApp."""
        return self.status == Reminder.Status.TO_DO and self.channel == ReminderChannel.WHATSAPP
