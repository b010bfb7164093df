from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.fields import EncryptedTextField
from billing.models.event import Event
from billing.models.merchant import Merchant


class WebhookEndpoint(models.Model):
    """
    An address of a merchant's system that is told what happens.

    `failures` counts failed calls in a row and `next_call_at` waits for them; `busy_until` is the lease of the one
    worker that calls it. After a rotation the previous secret signs too, until `previous_secret_until`.
    """

    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="webhook_endpoints")
    url = models.CharField(_("address"), max_length=500)
    secret = EncryptedTextField(editable=False)
    previous_secret = EncryptedTextField(blank=True, default="", editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    next_call_at = models.DateTimeField(null=True, editable=False)
    busy_until = models.DateTimeField(null=True, editable=False)
    last_delivered_at = models.DateTimeField(_("last delivered"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off"), null=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "url"], condition=Q(removed_at=None), name="webhook_address_is_there_once"
            )
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """
    One event on its way to one endpoint, written by a trigger with the event itself; a test has no event.

    `type` and `body` are empty until it is first sent, and stay what they were then.
    """

    class Status(models.TextChoices):
        DUE = "DUE", _("To be sent")
        DELIVERED = "DELIVERED", _("Delivered")
        GIVEN_UP = "GIVEN_UP", _("Given up")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="webhook_deliveries", db_index=False
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, verbose_name=_("webhook"), related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(
        Event, models.CASCADE, verbose_name=_("event"), null=True, related_name="+", db_index=False
    )
    type = models.CharField(_("type"), max_length=60, blank=True, default="", db_default="")
    body = models.TextField(_("content"), blank=True, default="", db_default="")
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DUE, db_default=Status.DUE)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, db_default=0)
    detail = models.CharField(_("last answer"), max_length=500, blank=True, default="", db_default="")
    due_at = models.DateTimeField(_("next attempt"))
    give_up_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_event_is_announced_once"),
            models.CheckConstraint(
                condition=Q(status="DUE", finished_at=None) | ~Q(status="DUE") & Q(finished_at__isnull=False),
                name="webhook_delivery_is_due_or_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "due_at", "id"], condition=Q(status="DUE"), name="webhook_delivery_due"),
            models.Index(fields=["merchant", "id"], name="webhook_delivery_listed"),
            models.Index(fields=["finished_at"], name="webhook_delivery_finished"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """The `webhook-id`: the same whenever it is sent again, and for each endpoint that is told of the event."""
        return f"evt_{self.event_id}" if self.event_id else f"test_{self.pk}"


class WebhookAttempt(models.Model):
    """One call to an endpoint; without `finished_at` its process died, or it is under way."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="calls")
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    answer = models.PositiveSmallIntegerField(_("HTTP answer"), null=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.started_at:%Y-%m-%d %H:%M:%S}"
