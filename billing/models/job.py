from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.merchant import Merchant
from billing.models.staff import User


class Job(models.Model):
    """
    Work on many rows that somebody started and does not wait for.

    `kind` names what is done to each row (billing.jobs.kinds), `parameters` how. A worker holds it by a lease and
    works its rows off in order; `worked_at` lets other jobs have their turn.
    """

    class Status(models.TextChoices):
        HELD = "HELD", _("Waits for approval")
        QUEUED = "QUEUED", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        STOPPED = "STOPPED", _("Stopped")

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="jobs", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=300)
    parameters = models.JSONField(default=dict)
    fingerprint = models.CharField(
        max_length=64, null=True, help_text=_("What is the same for the same work, so that it is done once.")
    )
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.QUEUED)
    row_count = models.PositiveIntegerField(_("rows"))
    done_count = models.PositiveIntegerField(_("done"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    created_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("started by"), related_name="+")
    created_at = models.DateTimeField(_("started"), db_default=Now(), editable=False)
    worked_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    stop_requested_at = models.DateTimeField(null=True, editable=False)
    lease_id = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "fingerprint"], name="job_of_a_fingerprint_is_made_once"
            )
        ]
        indexes = [
            models.Index(fields=["worked_at", "id"], condition=Q(status__in=["QUEUED", "RUNNING"]), name="job_to_do"),
            models.Index(fields=["merchant", "id"], name="job_by_merchant"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return 100 * (self.done_count + self.refused_count) // self.row_count if self.row_count else 100

    @property
    def is_over(self) -> bool:
        return self.status in (Job.Status.DONE, Job.Status.STOPPED)


class JobApproval(models.Model):
    """The second person's yes to a job that waited for it."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    job = models.OneToOneField(Job, models.CASCADE, related_name="approval")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job} · {self.approved_by}"


class JobRow(models.Model):
    """One row of a job, and what became of it: said in the words of whoever started the job."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        STARTED = "STARTED", _("Started")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Not done")
        UNSURE = "UNSURE", _("Interrupted: please check")

    job = models.ForeignKey(Job, models.CASCADE, verbose_name=_("job"), related_name="rows", db_index=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="+", db_index=False)
    position = models.PositiveIntegerField(_("row"))
    target_id = models.BigIntegerField(null=True, help_text=_("The row that is acted on, where there is one."))
    key = models.CharField(_("for"), max_length=200, blank=True)
    values = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.WAITING)
    message = models.CharField(_("outcome"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("row of a job")
        verbose_name_plural = _("rows of jobs")
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="job_row_has_one_place"),
        ]
        indexes = [
            models.Index(
                fields=["job", "position"], condition=Q(status__in=["WAITING", "STARTED"]), name="job_row_to_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} · {self.position}"
