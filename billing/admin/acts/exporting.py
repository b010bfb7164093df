"""A list taken away as a file: exactly what its filters and its search find, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from billing.admin.lists.paging import AFTER, BEFORE
from billing.admin.roles import Right, merchants_where
from billing.admin.screens.acting import ActingAdmin
from billing.exporting.columns import ExportColumn, titles_of, values_of
from billing.exporting.files import XLSX_TYPE, csv_stream, write_workbook

MOST_IN_A_WORKBOOK: Final = 100_000


class ExportingAdmin(ActingAdmin):
    """Rows of the merchants at which the person may export, and of no others."""

    export_columns: ClassVar[Sequence[ExportColumn]]

    def get_urls(self) -> list[URLPattern]:
        views = {"csv": self.export_csv, "xlsx": self.export_xlsx}
        own = [
            path(f"export.{format}", self.admin_site.admin_view(view), name=self._url_name(f"export_{format}"))
            for format, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        links = self._export_links(request) if self.allows(request, Right.EXPORT) else []
        response: HttpResponse = super().changelist_view(request, {"export_links": links} | (extra_context or {}))
        return response

    def _export_links(self, request: HttpRequest) -> list[tuple[str, str]]:
        query = request.GET.copy()
        for name in (BEFORE, AFTER):
            query.pop(name, None)
        at = {format: reverse(f"admin:{self._url_name('export_' + format)}") for format in ("csv", "xlsx")}
        return [(format.upper(), f"{address}?{query.urlencode()}") for format, address in at.items()]

    def export_csv(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        rows = self._rows_to_export(request)
        if isinstance(rows, HttpResponse):
            return rows
        lines = csv_stream(titles_of(self.export_columns), self._values(rows))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self._file_name()}.csv"'
        return response

    def export_xlsx(self, request: HttpRequest) -> HttpResponse | FileResponse:
        rows = self._rows_to_export(request)
        if isinstance(rows, HttpResponse):
            return rows
        if rows.order_by()[: MOST_IN_A_WORKBOOK + 1].count() > MOST_IN_A_WORKBOOK:
            messages.error(request, _("That is more than 100,000 rows. Narrow the filter, or take the CSV file."))
            return HttpResponseRedirect(f"{self.list_url()}?{request.GET.urlencode()}")
        titles = titles_of(self.export_columns)
        file = write_workbook(titles, self._values(rows), is_rtl=get_language_bidi())
        return FileResponse(file, as_attachment=True, filename=f"{self._file_name()}.xlsx", content_type=XLSX_TYPE)

    def _rows_to_export(self, request: HttpRequest) -> QuerySet[Any] | HttpResponse:
        if not self.has_view_permission(request) or not self.allows(request, Right.EXPORT):
            raise PermissionDenied
        try:
            rows: QuerySet[Any] = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self.list_url())
        return rows.filter(merchant__in=merchants_where(request, Right.EXPORT))

    def _values(self, rows: QuerySet[Any]) -> Any:
        language, zone = get_language() or "en", timezone.get_current_timezone()
        return values_of(rows, self.export_columns, language=language, zone=zone)

    def _file_name(self) -> str:
        return f"{self.opts.model_name}s-{timezone.localdate().isoformat()}"
