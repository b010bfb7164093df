"""The office's admin site: unfold's, in the merchants' own time, with a search that needs no cache."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from config.postgresql.planning import planned_anew


class OfficeAdminConfig(AdminConfig):
    default_site = "config.admin_site.OfficeSite"


class OfficeSite(UnfoldAdminSite):
    """
    Dates and times are shown as the clock on the office's wall shows them.

    The search box finds everything (`invoices.searching`) and screens by name; unfold's own keeps its answers in the
    shared cache for five minutes, where a person who has lost a membership would still find them.
    """

    index_title = _("Home")
    empty_value_display = "—"

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def in_office_time(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with timezone.override(office_zone(request)), planned_anew():
                response: HttpResponse = guarded(request, *args, **kwargs)
                # Templates are filled in now, while the zone is active, not after the view has returned.
                return response.render() if isinstance(response, SimpleTemplateResponse) else response

        return in_office_time

    def has_permission(self, request: HttpRequest) -> bool:
        """With the second factor, where there is one or must be one."""
        from billing.admin.door.pages import way_in

        return super().has_permission(request) and way_in(request) is None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who gave the password already is not asked again, but led to what is missing."""
        from billing.admin.door.pages import way_in

        if request.method == "GET" and (missing := way_in(request)):
            return HttpResponseRedirect(missing)
        page: HttpResponse = super().login(request, extra_context)
        return page

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A new password ends whatever else the person is signed in to."""
        from billing.admin.people.account import follow_new_password
        from billing.admin.roles import staff_of

        with transaction.atomic():
            answer: HttpResponse = super().password_change(request, extra_context)
            if request.method == "POST" and answer.status_code == 302:
                follow_new_password(request, staff_of(request))
        return answer

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from invoices.admin.navigation import key_places

        context: dict[str, Any] = super().each_context(request)
        places = key_places() if context["has_permission"] else []
        return context | {"is_test_mode": settings.SANDBOX_GATEWAY, "key_places": places}

    def extra_urls(self) -> list[URLPattern]:
        from billing.admin.door.urls import door_urls
        from billing.admin.lists.chosen_filters import offers_view
        from invoices.admin.reports.pages import report_urls

        offers = path("offers/", self.admin_view(offers_view), name="offers")
        return [offers, *door_urls(self), *report_urls(self)]

    def get_urls(self) -> list[URLPattern]:
        # "View on site" would tell which ids exist, for models that have no page on the site anyway.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from invoices.searching.everything import search_everything

        term = request.GET.get("s", "").strip()
        if not term:
            return HttpResponse()
        is_palette = "extended" in request.GET
        template = "unfold/helpers/command_results.html" if is_palette else "unfold/helpers/search_results.html"
        screens = self._search_apps(self.get_app_list(request), term.lower())
        pages = Paginator([*search_everything(user=request.user, text=term, today=timezone.localdate()), *screens], 100)
        context = {"term": term, "page_obj": pages, "results": pages.page(1), "page_counter": 0, "execution_time": 0}
        return TemplateResponse(request, template, context, headers={"HX-Trigger": "search"})


def office_zone(request: HttpRequest) -> ZoneInfo:
    """The zone of the person's merchants, where they all share one; else the project's."""
    from billing.admin.roles import rights_of

    # Whoever signs in with this request has no rights yet that could be kept for it.
    zones = rights_of(request).time_zones if request.user.is_authenticated else frozenset()
    return ZoneInfo(min(zones) if len(zones) == 1 else settings.TIME_ZONE)
