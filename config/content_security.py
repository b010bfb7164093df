"""Content security policies: a strict one for the public, wider ones for the admin and the interactive API page."""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

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
