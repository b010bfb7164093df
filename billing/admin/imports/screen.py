"""Imports: a file is uploaded, its columns named, every row tried; only then a job makes what it states."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import display
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, link
from billing.admin.imports.forms import ColumnsForm, UploadForm
from billing.admin.imports.kinds import may_import
from billing.admin.imports.report import report_of, sample_of
from billing.admin.imports.wrong_rows import FORMATS, name_of_address, wrong_rows_file, wrong_rows_links
from billing.admin.lists.filters import MerchantFilter
from billing.admin.page_actions import Doer, explain
from billing.admin.roles import Right
from billing.admin.screens.scoped import ScopedAdmin
from billing.errors import DomainError
from billing.importing.choices import Choices, keep_choices, propose_choices
from billing.importing.files import read_file
from billing.importing.importing import check_file, imported_before, start_import
from billing.importing.kinds import IMPORT_KINDS, ImportKind
from billing.importing.tables import FileRefused
from billing.importing.uploading import take_file
from billing.models import ImportFile, Job

ONLY_GOOD = "only_good"
REHEARSED = "rehearsed"
_STEPS = (_("File"), _("Columns"), _("Check"), _("Import"))


class ImportFileAdmin(ScopedAdmin):
    see_right = Right.IMPORT
    add_right = Right.IMPORT
    change_right = Right.IMPORT
    list_display = ("name_shown", "kind_shown", "uploaded", "uploaded_by_shown", "job_shown", "merchant_shown")
    list_select_related = ("merchant", "uploaded_by", "job")
    list_filter = (MerchantFilter,)
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(self.check_view)
        own = [path("<path:object_id>/check/", check, name="billing_importfile_check")]
        for format in FORMATS:
            view = self.admin_site.admin_view(partial(self.wrong_rows_view, format=format))
            own.append(path(f"<path:object_id>/wrong-rows.{format}", view, name=name_of_address(format)))
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("content")

    # --- the steps

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_post = request.method == "POST"
        form = UploadForm(request.POST if is_post else None, request.FILES if is_post else None, request=request)
        if form.is_valid():
            try:
                return HttpResponseRedirect(_address("change", self._take(request, form)))
            except FileRefused as refusal:
                form.add_error("file", explain(refusal))
        return self._page(request, "import_upload.html", step=1, form=form)

    def _take(self, request: HttpRequest, form: UploadForm) -> ImportFile:
        doer, stated = Doer.of(request), form.cleaned_data
        return take_file(
            merchant=stated["merchant"],
            kind=IMPORT_KINDS[stated["kind"]],
            name=stated["file"].name,
            content=stated["file"].read(),
            uploaded_by=doer.user,
            now=doer.now,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Which column is which."""
        file, kind = self._file(request, object_id)
        table = read_file(bytes(file.content))
        proposed = propose_choices(file, kind, table.header)
        form = ColumnsForm(
            request.POST if request.method == "POST" else None, kind=kind, table=table, proposed=proposed
        )
        if form.is_valid():
            keep_choices(file, form.choices)
            return HttpResponseRedirect(_address("check", file))
        extra = {"form": form, "original": file, "kind": kind, "sample": sample_of(table), "format": table.format}
        extra["imported"] = imported_before(file)
        return self._page(request, "import_columns.html", step=2, **extra)

    def check_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A GET tries every row and makes nothing; a POST starts the job."""
        file, kind = self._file(request, object_id)
        if not file.choices:
            return HttpResponseRedirect(_address("change", file))
        choices = Choices.from_json(file.choices)
        if request.method == "POST":
            started = self._start(request, file, choices)
            return HttpResponseRedirect(started or _address("check", file))
        checked = check_file(file, choices, now=Doer.of(request).now)
        extra = {"original": file, "report": report_of(file, kind, checked), "only_good_field": ONLY_GOOD}
        extra |= {"rehearsed_field": REHEARSED, "rehearsed": checked.fingerprint}
        extra["can_start"] = file.job is None or file.job.status == Job.Status.STOPPED
        extra["imported"] = imported_before(file)
        extra["wrong_rows"] = wrong_rows_links(file)
        return self._page(request, "import_check.html", step=3, columns_url=_address("change", file), **extra)

    def wrong_rows_view(
        self, request: HttpRequest, object_id: str, *, format: str
    ) -> HttpResponse | StreamingHttpResponse | FileResponse:
        """What is wrong now, ready to be mended and uploaded: the file's own columns, and the reason."""
        file, _kind = self._file(request, object_id)
        if not file.choices:
            return HttpResponseRedirect(_address("change", file))
        table = read_file(bytes(file.content))
        checked = check_file(file, Choices.from_json(file.choices), now=Doer.of(request).now)
        return wrong_rows_file(file, table, checked, format=format)

    def _start(self, request: HttpRequest, file: ImportFile, choices: Choices) -> str:
        """The job's address; empty where it was refused."""
        doer = Doer.of(request)
        try:
            job = start_import(
                merchant_id=file.merchant_id,
                file_id=file.pk,
                choices=choices,
                only_good=ONLY_GOOD in request.POST,
                started_by=doer.user,
                now=doer.now,
                rehearsed=request.POST.get(REHEARSED, ""),
            )
        except DomainError as refusal:
            messages.error(request, explain(refusal))
            return ""
        return reverse("admin:billing_job_change", args=[job.pk])

    def _file(self, request: HttpRequest, object_id: str) -> tuple[ImportFile, ImportKind]:
        file = self.get_object(request, unquote(object_id))
        if file is None or not self.has_view_permission(request, file):
            raise Http404
        kind = IMPORT_KINDS[file.kind]
        if not may_import(request, kind, file.merchant_id):
            raise PermissionDenied
        return file, kind

    def _page(self, request: HttpRequest, template: str, *, step: int, **extra: Any) -> TemplateResponse:
        steps = [(number, title, number == step) for number, title in enumerate(_STEPS, start=1)]
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Import"), "steps": steps}
        back = reverse("admin:billing_importfile_changelist")
        return TemplateResponse(request, f"admin/office/{template}", context | {"back": back} | extra)

    # --- the list

    @display(description=_("file"), ordering="id")
    def name_shown(self, obj: ImportFile) -> SafeString:
        return isolated(obj.name)

    @display(description=_("kind"), ordering="kind")
    def kind_shown(self, obj: ImportFile) -> str:
        return str(IMPORT_KINDS[obj.kind].title)

    @display(description=_("uploaded"), ordering="uploaded_at")
    def uploaded(self, obj: ImportFile) -> SafeString:
        return instant(obj.uploaded_at)

    @display(description=_("uploaded by"))
    def uploaded_by_shown(self, obj: ImportFile) -> SafeString:
        return isolated(obj.uploaded_by.display_name)

    @display(description=_("job"))
    def job_shown(self, obj: ImportFile) -> SafeString:
        return link(obj.job, isolated(_("Progress"))) if obj.job else isolated("")


def _address(step: str, file: ImportFile) -> str:
    return reverse(f"admin:billing_importfile_{step}", args=[file.pk])


admin.site.register(ImportFile, ImportFileAdmin)
