"""What one import has made, in the list of what it is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.admin.lists.offered import OfferedFilter
from billing.admin.roles import rows_of
from billing.models import Job, JobRow
from billing.row_ids import is_row_id


class ImportFilter(OfferedFilter):
    """Led to from an import's job; of a job the person may not see nothing is found."""

    title = _("import")
    parameter_name = "import"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stated = self.used_parameters.get(str(self.parameter_name), "")
        if not is_row_id(stated):
            return []
        jobs = Job.objects.filter(pk=stated, parameters__made=model_admin.opts.label_lower)
        job = rows_of(request, jobs).first()
        return [(stated, job.title)] if job is not None else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if (job_id := self.value()) is None:
            return queryset
        made = JobRow.objects.filter(job=int(job_id), status=JobRow.Status.DONE, target_id__isnull=False)
        # Of its own merchant: a row of another's could not be meant.
        merchant = Job.objects.filter(pk=job_id).values("merchant_id")
        return queryset.filter(merchant_id__in=merchant, pk__in=made.values("target_id"))


def list_of_made(job: Job) -> str:
    """The address of the list of what this import made; empty where there is none."""
    made = str(job.parameters.get("made", ""))
    if not made or not job.rows.filter(status=JobRow.Status.DONE, target_id__isnull=False).exists():
        return ""
    name = made.replace(".", "_")
    return f"{reverse(f'admin:{name}_changelist')}?import={job.pk}"
