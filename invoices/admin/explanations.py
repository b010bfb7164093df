"""A document's whole story, one click from its page."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from billing.admin.screens.documents import DocumentAdmin
from invoices.explaining.story import explain_document

_MOST_LINES: Final = 500


class ExplainedAdmin(DocumentAdmin):
    """A document whose timeline leads to everything its own rows tell."""

    def get_urls(self) -> list[URLPattern]:
        tell = self.admin_site.admin_view(self.story_view)
        return [path("<path:object_id>/story/", tell, name=self._url_name("story")), *super().get_urls()]

    def story_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        story = explain_document(row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The whole story of %(name)s") % {"name": f"\u2068{story.name}\u2069"},
            "story": story,
            "lines": story.lines[-_MOST_LINES:],
            "left_out": max(0, len(story.lines) - _MOST_LINES),
            "back": self.page_of(row),
        }
        return TemplateResponse(request, "admin/office/story.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if row := context.get("original"):
            context["story_url"] = reverse(f"admin:{self._url_name('story')}", args=[row.pk])
        return super().render_change_form(request, context, *args, **kwargs)
