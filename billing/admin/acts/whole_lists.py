"""
Acting on everything a list shows, not on one page of it: counted first, then confirmed, then done in the background.

The rows are written down when the person confirms, and no more than they were told of; each is judged again when its
turn comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from unfold.enums import ActionVariant

from billing.admin.acts.holding import HoldingAdmin
from billing.admin.acts.list_dry_runs import DryRun, dry_run_of
from billing.admin.lists.told_rows import TOLD_EFFECT, digest_of, rows_agreed_to
from billing.admin.page_actions import Doer, PageAction, decided_before, explain
from billing.admin.roles import merchants_where, read_rights
from billing.admin.screens.acting import CONFIRMED, ActingAdmin, once_of
from billing.admin.screens.obstacles import check_is_offered
from billing.clock import database_now
from billing.errors import DomainError
from billing.jobs.held_acts import ACT
from billing.jobs.kinds import JobKind, add_kind
from billing.jobs.starting import MOST_ROWS, NewRow
from billing.models import Job, JobRow, Merchant

_ROWS_AT_ONCE: Final = 2_000


class NotThereAnyMore(DomainError):
    code = "NOT_THERE_ANY_MORE"
    message = gettext_noop("This row does not exist any more.")


class NotAllowedAnyMore(DomainError):
    code = "NOT_ALLOWED_ANY_MORE"
    message = gettext_noop("Whoever started this may not do it any more.")


class NotAsConfirmed(DomainError):
    code = "NOT_AS_CONFIRMED"
    message = gettext_noop("Its amount has changed since this was confirmed, so nothing was done. Look at it again.")


class NotAsFilledIn(DomainError):
    code = "NOT_AS_FILLED_IN"
    message = gettext_noop("What was filled in does not fit this row.")


class WholeListAdmin(HoldingAdmin):
    """A list whose acts can be done to all that its filters and search find."""

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(self.whole_list_view)
        return [path("all/<slug:name>/", act, name=self._url_name("all")), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra_context = {"whole_list_acts": self._whole_list_links(request)} | (extra_context or {})
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def _whole_list_links(self, request: HttpRequest) -> list[dict[str, Any]]:
        query = request.GET.copy()
        query.pop("p", None)
        return [
            {"title": action.title, "url": f"{self._whole_list_url(action)}?{query.urlencode()}"}
            for action in self._whole_list_acts(request)
        ]

    def _whole_list_acts(self, request: HttpRequest) -> list[PageAction]:
        return [action for action in self.page_actions if action.in_bulk and self.allows(request, action.right)]

    def _whole_list_url(self, action: PageAction) -> str:
        return reverse(f"admin:{self._url_name('all')}", args=[action.name])

    def whole_list_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """A GET counts what the filters of its address find; a POST starts the job for what was counted."""
        action = next((action for action in self.page_actions if action.in_bulk and action.name == name), None)
        if action is None or not self.has_view_permission(request):
            raise Http404
        if not self.allows(request, action.right):
            raise PermissionDenied
        try:
            rows = self._found(request, action)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self.list_url())
        return self._ask_or_start(request, action, rows)

    def _ask_or_start(self, request: HttpRequest, action: PageAction, rows: QuerySet[Any]) -> HttpResponse:
        is_confirmed = CONFIRMED in request.POST
        form = action.form(None, request.POST if is_confirmed else None)
        merchants = list(Merchant.objects.filter(pk__in=rows.order_by().values("merchant_id"))[:2])
        if len(merchants) > 1:
            messages.error(request, _("These rows are of several merchants. Choose one in the filter first."))
            return HttpResponseRedirect(self._list_with(request))
        agreed = rows_agreed_to(rows, request.POST) if is_confirmed else None
        if is_confirmed and agreed is None:
            messages.warning(request, _("The list has changed since you were asked. Look at it again."))
        if agreed is None or not form.is_valid() or not merchants:
            return self._ask_for_all(request, action, form, rows)
        if action.tells_effect and request.POST.get(TOLD_EFFECT) != digest_of(action.effect(agreed, form.cleaned_data)):
            return self._ask_for_all(request, action, form, rows, effect=action.effect(rows, form.cleaned_data))
        return self._start(request, action, agreed, merchants[0], form.cleaned_data)

    def _found(self, request: HttpRequest, action: PageAction) -> QuerySet[Any]:
        """What the list shows under these filters, of the merchants for which the person may do it."""
        rows: QuerySet[Any] = self.get_changelist_instance(request).queryset
        return rows.filter(merchant__in=merchants_where(request, action.right))

    def _list_with(self, request: HttpRequest) -> str:
        return f"{self.list_url()}?{request.GET.urlencode()}"

    def _ask_for_all(
        self, request: HttpRequest, action: PageAction, form: Any, rows: QuerySet[Any], effect: Sequence[str] = ()
    ) -> TemplateResponse:
        dry_run = dry_run_of(rows, action, now=database_now())
        is_too_much = dry_run.count > MOST_ROWS
        if action.tells_effect and dry_run.able and not form.fields and not is_too_much:  # nothing is to be filled in
            effect = action.effect(rows, {})
        said = (str(sentence) for row in dry_run.able_rows[:50] for sentence in action.consequences(row))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": action.title,
            "action": action,
            "form": form,
            "dry_run": dry_run,
            "effect": effect,
            "told_effect": digest_of(effect),
            "is_to_be_foretold": action.tells_effect and not effect,
            "is_too_much": is_too_much,
            "consequences": [*dict.fromkeys(said), *self._decided_for_these(request, action, rows, dry_run)],
            "is_dangerous": action.variant is ActionVariant.DANGER,
            "confirmed_field": CONFIRMED,
            "once": once_of(request),
            "back": self._list_with(request),
        }
        return TemplateResponse(request, "admin/office/whole_list.html", context)

    def _decided_for_these(
        self, request: HttpRequest, action: PageAction, rows: QuerySet[Any], dry_run: DryRun
    ) -> list[str]:
        customers = action.decides_for(rows.order_by())
        if customers is None or not dry_run.able_rows:
            return []
        told = _(
            "You have already decided on %(amount)s for customers of this list today. "
            "Alone a person may decide on %(limit)s a day."
        )
        return decided_before(dry_run.able_rows[0].merchant, customers, Doer.asked(request), told)

    def run_on_ticked(
        self, request: HttpRequest, rows: Sequence[Any], action: PageAction, values: dict[str, Any]
    ) -> HttpResponse | None:
        if not action.calls_others:
            return super().run_on_ticked(request, rows, action, values)
        if len({row.merchant_id for row in rows}) > 1:
            messages.error(request, _("These rows are of several merchants. Choose one in the filter first."))
            return None
        found = self.get_queryset(request).filter(pk__in=[row.pk for row in rows])
        return self._start(request, action, found, rows[0].merchant, values)

    def _start(
        self,
        request: HttpRequest,
        action: PageAction,
        rows: QuerySet[Any],
        merchant: Merchant,
        values: Mapping[str, Any],
    ) -> HttpResponse:
        to_be_approved = action.to_be_approved(merchant, rows, values, Doer.asked(request))
        title = f"{action.title}: {self.opts.verbose_name_plural}"
        try:
            job = self.start_act(
                request,
                action,
                rows=_rows(action, rows),
                merchant=merchant,
                title=f"{title} · {to_be_approved}" if to_be_approved else title,
                fingerprint=_one_use(request),
                waits_for_approval=bool(to_be_approved),
            )
        except DomainError as refusal:
            messages.error(request, explain(refusal))
            return HttpResponseRedirect(self._list_with(request))
        return HttpResponseRedirect(reverse("admin:billing_job_change", args=[job.pk]))


def _one_use(request: HttpRequest) -> str | None:
    """The same page sent twice starts one job: the page carries a number of its own."""
    stated = request.POST.get("once", "")
    return stated if stated.isascii() and stated.isalnum() and len(stated) == 32 else None


def _rows(action: PageAction, found: QuerySet[Any]) -> Iterator[NewRow]:
    for row in found.order_by("pk").iterator(_ROWS_AT_ONCE):
        yield NewRow(target_id=row.pk, key=str(row), values=action.confirmed(row))


def act_on_row(job: Job, row: JobRow, now: datetime) -> str:
    """
    One row of such a job, with the rights its starter has by now.

    :raises DomainError: what the act itself refuses; or the row, its amount, the right or the form fits no more
    """
    action, target = _action_of(job), _target_of(job, row)
    if not read_rights(job.created_by).allow(action.right, job.merchant_id):
        raise NotAllowedAnyMore
    check_is_offered(action, target)
    if row.values != action.confirmed(target):
        raise NotAsConfirmed
    form = action.form(target, QueryDict(job.parameters["form"]))
    if not form.is_valid():
        raise NotAsFilledIn(reason=" ".join(str(error) for errors in form.errors.values() for error in errors))
    return action.run(target, values=form.cleaned_data, doer=_doer_of(job, now))


def _doer_of(job: Job, now: datetime) -> Doer:
    return Doer(user=job.created_by, now=now, is_approved=getattr(job, "approval", None) is not None)


def _action_of(job: Job) -> PageAction:
    screen = admin.site._registry[apps.get_model(job.parameters["model"])]
    assert isinstance(screen, ActingAdmin)
    return next(action for action in screen.page_actions if action.name == job.parameters["act"])


def _target_of(job: Job, row: JobRow) -> Any:
    model = apps.get_model(job.parameters["model"])
    target = model._default_manager.filter(merchant_id=job.merchant_id, pk=row.target_id).first()
    if target is None:
        raise NotThereAnyMore
    return target


# Some acts call the gateway, so a row and its mark cannot be one transaction; each act looks at the state again.
add_kind(JobKind(code=ACT, do=act_on_row, is_transactional=False))
