"""The nightly audits: their history for the platform, what they found for each merchant's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from billing.admin.cells import NOTHING, instant, label, latin
from billing.admin.lists.change_list import ScopedChangeList
from billing.admin.lists.filters import MerchantFilter
from billing.admin.lists.offered import OfferedFilter
from billing.admin.people.log import PlatformAdmin
from billing.admin.roles import Right, rights_of
from billing.admin.screens.documents import DocumentAdmin, Fact, Page, first
from invoices.admin.audits.cells import about_cell, differences_section, problem_cell, read_subjects, rule_cell
from invoices.admin.audits.report import audit_report, finished_runs
from invoices.admin.sections import list_url
from invoices.models import AuditDifference, AuditRun

_MOST_SHOWN: Final = 50
_MOST_RUNS: Final = 30


class ReportedAdmin(DocumentAdmin):
    """A list below the last audit's own line."""

    list_before_template = "admin/office/audit.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        report = {"report": audit_report(request)} if self.has_view_permission(request) else {}
        response: HttpResponse = super().changelist_view(request, report | (extra_context or {}))
        return response


class AuditRunAdmin(ReportedAdmin, PlatformAdmin):
    list_display = ("started", "periods_shown", "documents_shown", "found", "took")
    ordering = ("-started_at", "-id")
    fields: ClassVar[Any] = ("started", "took")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditRun]:
        # Not a merchant's: the platform's, as a whole.
        return AuditRun.objects.all() if rights_of(request).is_platform else AuditRun.objects.none()

    def merchant_id_of(self, obj: AuditRun) -> None:
        return None

    def page(self, request: HttpRequest, row: AuditRun) -> Page:
        shown, has_more = first(row.differences.select_related("merchant").order_by("pk"), _MOST_SHOWN)
        more_url = list_url("invoices_auditdifference", run=row.pk) if has_more else ""
        facts = [
            Fact(title=_("Differences"), value=_found(row), is_loud=True),
            Fact(title=_("Periods"), value=latin(f"{row.periods:,}")),
            Fact(title=_("Documents"), value=latin(f"{row.documents:,}")),
            Fact(title=_("Took"), value=_took(row)),
        ]
        return Page(facts=facts, sections=[differences_section(shown, more_url=more_url)])

    @display(description=_("started"), ordering="started_at")
    def started(self, obj: AuditRun) -> SafeString:
        return instant(obj.started_at)

    @display(description=_("periods"))
    def periods_shown(self, obj: AuditRun) -> SafeString:
        return latin(f"{obj.periods:,}")

    @display(description=_("documents"))
    def documents_shown(self, obj: AuditRun) -> SafeString:
        return latin(f"{obj.documents:,}")

    @display(description=_("differences"), ordering="differences_found")
    def found(self, obj: AuditRun) -> SafeString:
        return _found(obj)

    @display(description=_("took"))
    def took(self, obj: AuditRun) -> SafeString:
        return _took(obj)


class RunFilter(OfferedFilter):
    """What is wrong is found again every night: one audit at a time, the last one to begin with."""

    title = _("audit")
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        runs = AuditRun.objects.filter(differences_found__gt=0).order_by("-started_at", "-pk")[:_MOST_RUNS]
        return [(str(run.pk), instant(run.started_at)) for run in runs]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first_one, *others = super().choices(changelist)
        yield {**first_one, "display": _("The last one")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value():
            return queryset.filter(run_id=self.value())
        return queryset.filter(run=Subquery(finished_runs().values("pk")[:1]))


class NamingChangeList(ScopedChangeList):
    """The rows that a page of differences is about are read at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[AuditDifference] = list(self.result_list)
        read_subjects(self.result_list)


class AuditDifferenceAdmin(ReportedAdmin):
    see_right = Right.SEE_SETUP
    list_display = ("found", "about", "problem_shown", "rule", "merchant_shown")
    list_select_related = ("run", "merchant")
    list_filter = (RunFilter, MerchantFilter)
    ordering = ("-run_id", "id")
    fields: ClassVar[Any] = ("found", "about", "problem_shown", "rule", "merchant_shown")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamingChangeList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        read_subjects([found] if found else [])
        return found

    @display(description=_("found"), ordering="run_id")
    def found(self, obj: AuditDifference) -> SafeString:
        return instant(obj.run.started_at)

    @display(description=_("about"))
    def about(self, obj: AuditDifference) -> SafeString:
        return about_cell(obj)

    @display(description=_("problem"))
    def problem_shown(self, obj: AuditDifference) -> SafeString:
        return problem_cell(obj)

    @display(description=_("rule"))
    def rule(self, obj: AuditDifference) -> SafeString:
        return rule_cell(obj)


def _found(run: AuditRun) -> SafeString:
    if run.finished_at is None:
        return label(_("Not finished"), "warning")
    return label(f"{run.differences_found:,}", "danger" if run.differences_found else "success")


def _took(run: AuditRun) -> SafeString:
    if run.finished_at is None:
        return latin(NOTHING)
    return latin(f"{(run.finished_at - run.started_at).total_seconds():,.1f} s")


admin.site.register(AuditRun, AuditRunAdmin)
admin.site.register(AuditDifference, AuditDifferenceAdmin)
