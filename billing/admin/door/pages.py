"""The pages before the office: the one-time code, setting it up, a forgotten password, an invitation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from billing.access.second_factor import check_code, has_second_factor
from billing.access.sessions import pass_second_factor, second_factor_is_asked, second_factor_is_missing
from billing.admin.door.forms import CodeForm, PaperCodeForm
from billing.admin.page_actions import explain
from billing.admin.roles import staff_of
from billing.errors import DomainError


def door_page(
    request: HttpRequest,
    *,
    title: str,
    sentences: Sequence[str] = (),
    form: forms.Form | None = None,
    button: str = "",
    status: int = 200,
    template: str = "admin/office/door_form.html",
    **context: Any,
) -> HttpResponse:
    """A page without the office around it."""
    context |= {
        **admin.site.each_context(request),
        "title": title,
        "sentences": sentences,
        "form": form,
        "button": button,
        "next": next_url(request, default=""),
    }
    return TemplateResponse(request, template, context, status=status)


def next_url(request: HttpRequest, *, default: str = "") -> str:
    """Where the person wanted to go, if that is here."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else default


def is_at_the_door(request: HttpRequest) -> bool:
    """Signed in with a password, and staff: everything but the second factor."""
    return bool(request.user.is_active and request.user.is_staff)


def way_in(request: HttpRequest) -> str | None:
    """The page that stands between this person and the office; None for who is in, or has not begun."""
    if not is_at_the_door(request):
        return None
    if second_factor_is_asked(request):
        name = "admin:code"
    elif second_factor_is_missing(request):
        name = "admin:enrol"
    else:
        return None
    wanted = next_url(request)
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")


@sensitive_post_parameters()
@never_cache
def code_view(request: HttpRequest) -> HttpResponse:
    """After the password: the code."""
    if not is_at_the_door(request) or not second_factor_is_asked(request):
        return HttpResponseRedirect(reverse("admin:index"))
    is_on_paper = "paper" in request.GET or "paper" in request.POST
    form_class = PaperCodeForm if is_on_paper else CodeForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_code(user=staff_of(request), entered=form.cleaned_data["code"])
        except DomainError as failure:
            form.add_error("code", explain(failure))
        else:
            pass_second_factor(request)
            return HttpResponseRedirect(next_url(request, default=reverse("admin:index")))
    sentence = (
        _("Type one of the backup codes you kept. Each works once.")
        if is_on_paper
        else _("Type the six digits that the app on your phone shows now.")
    )
    return door_page(
        request,
        title=_("Second step"),
        sentences=[sentence],
        form=form,
        button=_("Sign in"),
        template="admin/office/door_code.html",
        is_on_paper=is_on_paper,
    )


def may_enrol(request: HttpRequest) -> bool:
    return is_at_the_door(request) and not second_factor_is_asked(request)


def has_factor(request: HttpRequest) -> bool:
    return has_second_factor(staff_of(request))
