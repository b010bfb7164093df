"""Content security policies: a strict one for the public, wider ones for the admin and the interactive API page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from csp.constants import HEADER, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import default_config
from django.http import HttpRequest, HttpResponseBase

_STRICT = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}

PAGE_CSP = {"DIRECTIVES": _STRICT}
# Unfold runs Alpine.js, which compiles expressions, and writes inline styles.
ADMIN_CSP = _STRICT | {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
# Swagger UI writes inline styles.
DOCS_CSP = _STRICT | {"style-src": [SELF, UNSAFE_INLINE]}

_BY_FIRST_SEGMENT: Final[Mapping[str, Any]] = {
    "admin": default_config(ADMIN_CSP),
    "docs": default_config(DOCS_CSP),
}


# Nothing to show, so nothing may be loaded.
_DATA_CSP: Final = "default-src 'none'; frame-ancestors 'none'"


class PathCspMiddleware(CSPMiddleware):  # type: ignore[misc]
    """The policy of settings, PAGE_CSP, but for the paths that have their own. A view's decorators win over both."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type") == "application/json":
            response.headers[HEADER] = _DATA_CSP  # as it stands: composing a policy costs as much as a DRF view
            return response
        answered: HttpResponseBase = super().process_response(request, response)
        return answered

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and not report_only:
            parts.config = _BY_FIRST_SEGMENT.get(request.path_info.split("/", 2)[1])
        return parts
