"""Acts that a second person has to approve: written down as a job, which begins once somebody else has said yes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing.admin.cells import instant
from billing.admin.page_actions import Doer, PageAction, explain
from billing.admin.roles import staff_of
from billing.admin.screens.acting import ActingAdmin
from billing.admin.screens.documents import Notice
from billing.errors import DomainError
from billing.jobs.held_acts import ACT, ask_once, held_act_of, with_held_act
from billing.jobs.starting import NewRow, start_job
from billing.models import Job, Merchant
from billing.services.second_persons import has_no_second_person


class HoldingAdmin(ActingAdmin):
    """A screen where an act on one row may have to wait for a second person, as one on a whole list may."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_page = match is not None and match.url_name == self._url_name("change")
        return with_held_act(rows) if is_page else rows

    def before_run(self, request: HttpRequest, row: Any, action: PageAction, form: Any) -> HttpResponse | None:
        page = super().before_run(request, row, action, form)
        if page is not None:
            return page
        try:
            found = self.model._default_manager.filter(pk=row.pk)
            to_be_approved = action.to_be_approved(row.merchant, found, form.cleaned_data, Doer.asked(request))
        except DomainError:
            return None  # the act itself refuses, and says so
        return self._hold(request, row, action, to_be_approved) if to_be_approved else None

    def _hold(self, request: HttpRequest, row: Any, action: PageAction, to_be_approved: str) -> HttpResponse:
        start = partial(
            self.start_act,
            request,
            action,
            rows=[NewRow(target_id=row.pk, key=str(row), values=action.confirmed(row))],
            merchant=row.merchant,
            title=f"{action.title}: {row} · {to_be_approved}",
            fingerprint=_of_this_page(request),
            waits_for_approval=True,
        )
        what = f"{action.title} · {to_be_approved}"
        try:
            job = ask_once(row=row, what=what, actor=Doer.of(request).actor, start=start)
        except DomainError as refusal:
            messages.error(request, explain(refusal))
            return HttpResponseRedirect(self.page_of(row))
        if has_no_second_person(merchant_id=row.merchant_id, user=staff_of(request)):
            messages.warning(
                request, _("Nothing is changed yet. Nobody else could approve it, so approve it yourself.")
            )
        else:
            messages.warning(request, _("Nothing is changed yet: it waits for somebody else's approval."))
        return HttpResponseRedirect(reverse("admin:billing_job_change", args=[job.pk]))

    def start_act(
        self,
        request: HttpRequest,
        action: PageAction,
        *,
        rows: Iterable[NewRow],
        merchant: Merchant,
        title: str,
        fingerprint: str | None,
        waits_for_approval: bool,
    ) -> Job:
        """:raises DomainError: what starting a job refuses"""
        doer = Doer.of(request)
        return start_job(
            merchant=merchant,
            kind=ACT,
            title=title,
            parameters={
                "model": self.opts.label_lower,
                "act": action.name,
                "form": request.POST.urlencode(),
                "filter": request.GET.urlencode(),
            },
            rows=rows,
            fingerprint=fingerprint,
            waits_for_approval=waits_for_approval,
            created_by=doer.user,
            now=doer.now,
        )


def held_notices(row: Any) -> list[Notice]:
    """What waits for a second person to act on this row, where anything does."""
    job = held_act_of(row)
    if job is None:
        return []
    told = format_html(
        _("Waits for approval: {what}. Asked for by {who}, {when}."),
        what=format_html("<bdi>{}</bdi>", job.title),
        who=format_html("<bdi>{}</bdi>", job.created_by.display_name),
        when=instant(job.created_at),
    )
    url = reverse("admin:billing_job_change", args=[job.pk])
    return [Notice(text=format_html('{} <a href="{}">{}</a>', told, url, _("Look at it")))]


def _of_this_page(request: HttpRequest) -> str | None:
    """The same page sent twice asks once: the token of its form is masked anew each time it is shown."""
    token = request.POST.get("csrfmiddlewaretoken", "")
    return hashlib.sha256(f"{request.path} {token}".encode()).hexdigest() if token else None
