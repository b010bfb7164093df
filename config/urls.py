"""Every path of the product. The API's come first: any path segment may stand before /v1/."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from billing.access.language import choose_language
from config.api_boundary import no_such_operation
from config.health import livez, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("billing.api.urls")),
    path("", include("subscriptions.api.urls")),
    re_path(r"^[^/]+/v1(?:/|\Z)", no_such_operation),
    path("docs/openapi.json", SpectacularJSONAPIView.as_view(), name="schema"),
    re_path(r"^docs/?\Z", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("i18n/setlang/", choose_language, name="set_language"),
]

handler403 = "config.error_pages.permission_denied"
handler404 = "config.error_pages.page_not_found"
handler500 = "config.error_pages.server_error"

if settings.SANDBOX_GATEWAY:
    urlpatterns.append(path("sandbox/", include("invoices.sandbox.urls")))
# After the sandbox: /sandbox/pay/ is not a merchant's page.
urlpatterns.append(path("", include("invoices.urls")))
