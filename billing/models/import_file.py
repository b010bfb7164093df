from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.job import Job
from billing.models.merchant import Merchant
from billing.models.staff import User


class ImportFile(models.Model):
    """
    A file that somebody uploaded, between its upload and its import; deleted a week later.

    `kind` is one of billing.importing.kinds; `choices` is what was decided of its columns (billing.importing.choices).
    """

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="import_files", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("file"), max_length=100)
    content = models.BinaryField()
    digest = models.CharField(max_length=64, editable=False)
    choices = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("uploaded by"), related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)
    job = models.ForeignKey(Job, models.PROTECT, verbose_name=_("job"), related_name="import_files", null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["merchant", "id"], name="import_file_by_merchant"),
            models.Index(fields=["uploaded_at"], name="import_file_by_age"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportMapping(models.Model):
    """Which column is which in a merchant's files of a kind, as it was last decided."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="import_mappings", db_index=False)
    kind = models.CharField(max_length=20)
    choices = models.JSONField(default=dict)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind"], name="import_mapping_is_one_per_merchant_and_kind")
        ]


class ImportedRow(models.Model):
    """That a row was imported, whichever file it came in: the same is never imported again."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    target_id = models.BigIntegerField()
    imported_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "key"], name="imported_row_is_imported_once")
        ]
