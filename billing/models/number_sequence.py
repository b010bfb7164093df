from __future__ import annotations

from django.db import models

from billing.models.merchant import Merchant


class NumberSequence(models.Model):
    """The last number given out, per merchant, local day and kind of document."""

    class Kind(models.TextChoices):
        BILL = "BILL"
        SUBSCRIPTION = "SUB"
        INVOICE = "INV"
        RECEIPT = "RCP"

    merchant = models.ForeignKey(Merchant, models.CASCADE, db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=4, choices=Kind)
    last_value = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day", "kind"], name="number_sequence_is_one_per_day_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}-{self.day}: {self.last_value}"
