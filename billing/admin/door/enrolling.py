"""Setting up the second factor, at the first signing-in or later: the QR code, the first code, the codes on paper."""

from __future__ import annotations

from base64 import b32encode
from io import BytesIO

import segno
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.access.second_factor import (
    begin_enrolment,
    check_code,
    check_new_phone,
    confirm_enrolment,
    renew_backup_codes,
)
from billing.access.sessions import end_sessions, own_session_id, pass_second_factor
from billing.admin.door.forms import CodeForm, NewPhoneForm
from billing.admin.door.pages import door_page, has_factor, may_enrol, next_url
from billing.admin.page_actions import Doer, explain
from billing.admin.people.way_in_log import record_for_person
from billing.errors import DomainError


@sensitive_post_parameters()
@never_cache
def enrol_view(request: HttpRequest) -> HttpResponse:
    """Once a phone is set up, only sessions that gave a code go on: all others of the person are ended."""
    if not may_enrol(request):
        return HttpResponseRedirect(reverse("admin:index"))
    doer = Doer.of(request)
    form = (NewPhoneForm if has_factor(request) else CodeForm)(request.POST if request.method == "POST" else None)
    if form.is_valid():
        field = "present_code"
        try:
            if field in form.cleaned_data:
                check_code(user=doer.user, entered=form.cleaned_data[field])
            field = "code"
            device = check_new_phone(user=doer.user, entered=form.cleaned_data[field])
        except DomainError as failure:
            form.add_error(field, explain(failure))
        else:
            return _codes_page(request, _enrol(request, doer, device))
    device = begin_enrolment(doer.user)
    return door_page(
        request,
        title=_("Set up your phone"),
        sentences=[
            _("Besides your password the office asks for a code that only your phone knows."),
            _("Open an authenticator app on it, scan this picture, and type the six digits it shows."),
        ],
        form=form,
        button=_("Continue"),
        template="admin/office/door_enrol.html",
        picture=_picture_of(device),
        key=_key_of(device),
    )


@transaction.atomic
def _enrol(request: HttpRequest, doer: Doer, device: TOTPDevice) -> list[str]:
    codes = confirm_enrolment(user=doer.user, device=device)
    pass_second_factor(request)
    end_sessions(user=doer.user, but=own_session_id(request), now=doer.now)
    record_for_person(doer.user, "second_factor_set", actor=doer.actor)
    return codes


@sensitive_post_parameters()
@never_cache
def backup_codes_view(request: HttpRequest) -> HttpResponse:
    """New codes on paper, for a code of the phone."""
    if not may_enrol(request) or not has_factor(request):
        return HttpResponseRedirect(reverse("admin:index"))
    doer = Doer.of(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_code(user=doer.user, entered=form.cleaned_data["code"])
        except DomainError as failure:
            form.add_error("code", explain(failure))
        else:
            with transaction.atomic():
                codes = renew_backup_codes(user=doer.user)
                record_for_person(doer.user, "backup_codes_renewed", actor=doer.actor)
            return _codes_page(request, codes)
    return door_page(
        request,
        title=_("New backup codes"),
        sentences=[_("The old ones stop working. Type the six digits that the app on your phone shows now.")],
        form=form,
        button=_("Show new codes"),
    )


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return door_page(
        request,
        title=_("Keep these codes"),
        sentences=[
            _("Each of them opens the door once, on a day when your phone is lost or broken."),
            _("They are shown now and never again: print them, or write them down."),
        ],
        template="admin/office/door_codes.html",
        codes=codes,
        onward=next_url(request, default=reverse("admin:index")),
    )


def _picture_of(device: TOTPDevice) -> SafeString:
    """The QR code as an SVG without a style or script in it."""
    target = BytesIO()
    segno.make(device.config_url, error="m").save(
        target, kind="svg", scale=5, border=2, xmldecl=False, svgns=True, light="#fff", title=_("QR code")
    )
    return mark_safe(target.getvalue().decode())  # noqa: S308  (made by us, of our own text)


def _key_of(device: TOTPDevice) -> str:
    """To be typed where a picture cannot be scanned."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
