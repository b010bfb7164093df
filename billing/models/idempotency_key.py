from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from billing.models.merchant import Merchant


class IdempotencyKey(models.Model):
    """
    A success already answered under a key a client chose, stored in the transaction that made the document.

    `answer` is empty only inside the transaction that is still working on it.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, db_index=False)
    endpoint = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    answer = models.TextField(default="")
    link = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "endpoint", "key"], name="idempotency_key_is_used_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"
