"""Jobs: how far they are, what was refused and why, the result as a file, and stopping them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.acts.approving import APPROVE, ApprovedByAnother
from billing.admin.cells import above, instant, isolated, status_label
from billing.admin.lists.filters import MerchantFilter, recent_filter
from billing.admin.lists.import_filter import list_of_made
from billing.admin.lists.tabs import TabbedList
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right, staff_of
from billing.admin.screens.documents import Column, DocumentAdmin, Fact, Notice, Page, Section, first
from billing.csv_cells import csv_lines
from billing.jobs.approving import approve_job
from billing.jobs.stopping import stop_job
from billing.models import Job, JobApproval, JobRow

_ROWS_SHOWN = 50
_ROWS_AT_ONCE = 2_000


class StopJob(PageAction):
    """For who may approve a job, and for who started it."""

    name = "stop"
    title = _("Stop")
    right = Right.APPROVE
    icon = "stop_circle"
    variant = ActionVariant.DANGER
    confirm = _("Stop this job")

    def is_offered(self, row: Job) -> bool:
        return not row.is_over

    def consequences(self, row: Job) -> Sequence[Text]:
        return [_("What is done stays done. The rows that wait are left alone.")]

    def run(self, row: Job, *, values: Mapping[str, Any], doer: Doer) -> str:
        stop_job(merchant_id=row.merchant_id, job_id=row.pk, user=doer.user, now=doer.now)
        return gettext_now("The job stops within a few seconds.")


class ApproveJob(PageAction):
    name = APPROVE
    title = _("Approve")
    right = Right.APPROVE
    icon = "check"
    variant = ActionVariant.PRIMARY
    confirm = _("Approve this job")

    def is_offered(self, row: Job) -> bool:
        return row.status == Job.Status.HELD

    def consequences(self, row: Job) -> Sequence[Text]:
        return [_("It begins at once, in the name of whoever started it; your approval stands beside it.")]

    def run(self, row: Job, *, values: Mapping[str, Any], doer: Doer) -> str:
        approve_job(merchant_id=row.merchant_id, job_id=row.pk, user=doer.user, now=doer.now)
        return gettext_now("The job is approved and begins.")


class JobAdmin(ApprovedByAnother, TabbedList, DocumentAdmin):
    asked_by = "created_by"
    page_actions: ClassVar[Sequence[PageAction]] = (ApproveJob(), StopJob())
    change_form_template = "admin/office/job.html"
    tabs = Job.Status
    list_display = ("title_shown", "progress", "state", "started_by", "created", "merchant_shown")
    list_select_related = ("merchant", "created_by")
    list_filter = (MerchantFilter, recent_filter("created_at", _("started")))
    ordering = ("-id",)
    fields: ClassVar[Any] = ("started_by", "created", "approved", "finished", "merchant_shown")

    def get_urls(self) -> list[URLPattern]:
        result = self.admin_site.admin_view(self.result_view)
        return [path("<path:object_id>/result.csv", result, name=self._url_name("result")), *super().get_urls()]

    def may_act(self, request: HttpRequest, action: PageAction, row: Any) -> bool:
        is_starters = action.name == StopJob.name and row.created_by_id == staff_of(request).pk
        return is_starters or super().may_act(request, action, row)

    def result_view(self, request: HttpRequest, object_id: str) -> HttpResponse | StreamingHttpResponse:
        """Every row with what became of it, in the order of the job."""
        job = self.get_object(request, unquote(object_id))
        if job is None or not self.has_view_permission(request, job):
            raise Http404
        if not self.allows(request, Right.EXPORT, job):
            raise PermissionDenied
        lines = csv_lines(_result_rows(job))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="job-{job.pk}.csv"'
        return response

    def page(self, request: HttpRequest, row: Job) -> Page:
        facts = [
            Fact(title=_("Progress"), value=self.progress(row), is_loud=True),
            Fact(title=_("Status"), value=status_label(row)),
            Fact(title=_("Rows"), value=str(row.row_count)),
            Fact(title=_("Done"), value=str(row.done_count)),
            Fact(title=_("Not done"), value=str(row.refused_count)),
            *_reason_fact(row),
        ]
        return Page(facts=facts, notices=_notices(row), sections=[_rows_section(row)])

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if row := context.get("original"):
            context["refresh_after"] = 0 if row.is_over or row.status == Job.Status.HELD else 3
            context["made_url"] = list_of_made(row)
            if self.allows(request, Right.EXPORT, row):
                context["result_url"] = reverse(f"admin:{self._url_name('result')}", args=[row.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description=_("job"), ordering="id")
    def title_shown(self, obj: Job) -> SafeString:
        return isolated(obj.title)

    @display(description=_("progress"))
    def progress(self, obj: Job) -> SafeString:
        template = '<progress class="office-progress" max="100" value="{0}">{0} %</progress> <bdi dir="ltr">{0} %</bdi>'
        return format_html(template, obj.percent)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Job) -> SafeString:
        return status_label(obj)

    @display(description=_("started by"))
    def started_by(self, obj: Job) -> SafeString:
        return isolated(obj.created_by.display_name)

    @display(description=_("started"), ordering="created_at")
    def created(self, obj: Job) -> SafeString:
        return instant(obj.created_at)

    @display(description=_("approved"))
    def approved(self, obj: Job) -> SafeString:
        approval = JobApproval.objects.select_related("approved_by").filter(job=obj).first()
        if approval is None:
            return isolated("")
        return above(instant(approval.approved_at), isolated(approval.approved_by.display_name))

    @display(description=_("finished"))
    def finished(self, obj: Job) -> SafeString:
        return instant(obj.finished_at)


def _reason_fact(job: Job) -> list[Fact]:
    """Why, in the words of whoever started it: who approves it has to know."""
    reason = QueryDict(job.parameters.get("form", "")).get("reason")
    return [Fact(title=_("Reason"), value=isolated(reason))] if reason else []


def _notices(job: Job) -> list[Notice]:
    if job.status == Job.Status.HELD:
        return [Notice(text=_("Nothing is done before somebody else than who started it has approved it."))]
    unsure = job.rows.filter(status=JobRow.Status.UNSURE).count() if job.refused_count else 0
    if not unsure:
        return []
    return [
        Notice(
            text=_("Of some rows nobody knows whether they were done. Look at them before doing them again: see below.")
        )
    ]


def _rows_section(job: Job) -> Section:
    """What needs a look comes first."""
    order = Case(
        When(status=JobRow.Status.UNSURE, then=Value(0)),
        When(status=JobRow.Status.REFUSED, then=Value(1)),
        When(status=JobRow.Status.DONE, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows, _more = first(job.rows.order_by(order, "position"), _ROWS_SHOWN)
    return Section(
        title=_("Rows"),
        columns=[
            Column(title=_("No."), is_numeric=True),
            Column(title=_("for")),
            Column(title=_("status")),
            Column(title=_("outcome")),
        ],
        rows=[(row.position, _target(job, row), status_label(row), isolated(row.message)) for row in rows],
    )


def _target(job: Job, row: JobRow) -> SafeString:
    """Of an act, a link to what it is done to; of an import, to what the row has become."""
    model = job.parameters.get("model") or job.parameters.get("made")
    if not model or row.target_id is None:
        return isolated(row.key)
    url = reverse(f"admin:{model.replace('.', '_')}_change", args=[row.target_id])
    return format_html('<a class="office-link" href="{}">{}</a>', url, isolated(row.key))


def _result_rows(job: Job) -> Iterator[Sequence[object]]:
    yield [gettext_now("row"), gettext_now("for"), gettext_now("status"), gettext_now("outcome")]
    for row in job.rows.order_by("position").iterator(_ROWS_AT_ONCE):
        yield [row.position, row.key, row.get_status_display(), row.message]


admin.site.register(Job, JobAdmin)
