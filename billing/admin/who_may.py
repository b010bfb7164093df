"""Who may do what, as a page: the table that every screen asks, shown to whoever works here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from billing.admin.roles import ROLES_WITH, Right, rights_of
from billing.models import Role


def who_may_view(request: HttpRequest) -> HttpResponse:
    mine = set(rights_of(request).roles.values())
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Who may do what"),
        "roles": [(role.label, role in mine) for role in Role],
        "lines": [
            (capfirst(_(right.value)), [(role in ROLES_WITH[right], role.label) for role in Role]) for right in Right
        ],
    }
    return TemplateResponse(request, "admin/office/who_may.html", context)
