"""The admin side of page actions: their buttons, their confirmation page, and the same for ticked rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, decided_before, explain
from billing.admin.roles import staff_of
from billing.admin.screens.obstacles import check_is_offered
from billing.admin.screens.returning import asked_back
from billing.admin.screens.scoped import ScopedAdmin
from billing.errors import DomainError

CONFIRMED = "confirmed"
_BUTTONS_SHOWN = 3
_MOST_ROWS = 200


class ActingAdmin(ScopedAdmin):
    """A screen whose rows can be acted on."""

    page_actions: ClassVar[Sequence[PageAction]] = ()

    # --- on a row's page

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(self.act_view)
        own = path("<path:object_id>/do/<slug:name>/", act, name=self._url_name("do"))
        return [own, *super().get_urls()]

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask, then do: 404 for what the person cannot see, 403 for what their role may not do."""
        row = self.get_object(request, unquote(object_id))
        action = next((action for action in self.page_actions if action.name == name), None)
        if row is None or action is None or not self.has_view_permission(request, row):
            raise Http404
        if not self.may_act(request, action, row):
            raise PermissionDenied
        if refusal := action.refusal(row):
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.page_of(row))
        if request.method != "POST":
            return self._ask(request, row, action, action.form(row, None))
        form = action.form(row, request.POST)
        if not form.is_valid():
            return self._ask(request, row, action, form)
        if (page := self.before_run(request, row, action, form)) is not None:
            return page
        doer = Doer.of(request)
        try:
            done = action.run(row, values=form.cleaned_data, doer=doer)
        except DomainError as failure:
            messages.error(request, explain(failure))
        else:
            if action.opens_elsewhere:
                return self._leave(request, row, action, done)
            messages.success(request, done)
        return HttpResponseRedirect(asked_back(request) or action.lands_on(row, doer) or self.page_of(row))

    def may_act(self, request: HttpRequest, action: PageAction, row: Any) -> bool:
        return self.allows(request, action.right, row)

    def is_offered_to(self, request: HttpRequest, action: PageAction, row: Any) -> bool:
        """Whether its button is shown to this person, who has the right."""
        return action.is_offered(row)

    def before_run(self, request: HttpRequest, row: Any, action: PageAction, form: Any) -> HttpResponse | None:
        """A page that stands between the valid form and the act; none does it at once."""
        return None

    def page_of(self, row: Any) -> str:
        return reverse(f"admin:{self._url_name('change')}", args=[row.pk])

    def list_url(self) -> str:
        return reverse(f"admin:{self._url_name('changelist')}")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["actions_detail"] = self._buttons(request, row) if row is not None else []
        return super().render_change_form(request, context, *args, **kwargs)

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The first few as buttons, the rest and the rare ones under "More"."""
        of_rows = [action for action in self.page_actions if not action.only_in_bulk]
        offered = [action for action in of_rows if self.is_offered_to(request, action, row)]
        allowed = [action for action in offered if self.may_act(request, action, row)]
        shown = [action for action in allowed if not action.is_rare][:_BUTTONS_SHOWN]
        rest = [self._button(action, row) for action in allowed if action not in shown]
        buttons = [self._button(action, row) for action in shown]
        if rest:
            buttons.append({"title": _("More"), "icon": None, "variant": ActionVariant.DEFAULT, "items": rest})
        return buttons

    def _button(self, action: PageAction, row: Any) -> dict[str, Any]:
        url = reverse(f"admin:{self._url_name('do')}", args=[row.pk, action.name])
        return {"title": action.title, "icon": action.icon, "variant": action.variant, "path": url, "attrs": {}}

    def _ask(self, request: HttpRequest, row: Any, action: PageAction, form: Any) -> HttpResponse:
        back = asked_back(request) or self.page_of(row)
        sentences = [*action.consequences(row), *self.decided_before(request, action, row)]
        extra = {"original": row, "back": back, "consequences": sentences, "shown": action.shown(row)}
        extra |= {"warning": action.warning(row, staff_of(request))}
        return self._confirmation(request, action, form, extra | self.question_about(row))

    def decided_before(self, request: HttpRequest, action: PageAction, row: Any) -> list[str]:
        """What this person has decided alone today that counts for this act too, in words."""
        customers = action.decides_for(self.model._default_manager.filter(pk=row.pk))
        if customers is None:
            return []
        told = _(
            "You have already decided on %(amount)s for this customer today. "
            "Alone a person may decide on %(limit)s a day."
        )
        return decided_before(row.merchant, customers, Doer.asked(request), told)

    def question_about(self, row: Any) -> dict[str, Any]:
        """What a question is asked about: who and how much, on screens that know it."""
        return {}

    def _leave(self, request: HttpRequest, row: Any, action: PageAction, url: str) -> HttpResponse:
        # A page and not a redirect: the policy lets forms lead to ourselves only.
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": action.title}
        context |= {"action": action, "url": url, "back": self.page_of(row)}
        return TemplateResponse(request, "admin/office/leave.html", context)

    def _confirmation(self, request: HttpRequest, action: PageAction, form: Any, extra: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": action.title,
            "action": action,
            "form": form,
            "is_dangerous": action.variant is ActionVariant.DANGER,
            **extra,
        }
        return TemplateResponse(request, "admin/office/confirm.html", context)

    def _url_name(self, of: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{of}"

    # --- on ticked rows of the list

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Any, str, Any]]:
        bulk = [action for action in self.page_actions if action.in_bulk and self.allows(request, action.right)]
        return {action.name: (partial(_run_bulk, action), action.name, action.title) for action in bulk}

    def act_on_rows(self, request: HttpRequest, rows: QuerySet[Any], action: PageAction) -> HttpResponse | None:
        """Ask once for all ticked rows, then do it row by row: one that refuses does not stop the others."""
        ticked = list(rows[: _MOST_ROWS + 1])
        if len(ticked) > _MOST_ROWS:
            messages.error(request, _("Tick at most %(count)s rows at a time.") % {"count": _MOST_ROWS})
            return None
        allowed = [row for row in ticked if self.may_act(request, action, row)]
        if not allowed:
            raise PermissionDenied
        form = action.form(None, request.POST if CONFIRMED in request.POST else None)
        if not form.is_valid():
            extra = {"rows": allowed, "back": request.get_full_path(), "consequences": _once(action, allowed)}
            extra |= {"row_field": ACTION_CHECKBOX_NAME, "confirmed_field": CONFIRMED, "once": once_of(request)}
            return self._confirmation(request, action, form, extra)
        return self.run_on_ticked(request, allowed, action, form.cleaned_data)

    def run_on_ticked(
        self, request: HttpRequest, rows: Sequence[Any], action: PageAction, values: dict[str, Any]
    ) -> HttpResponse | None:
        """What was confirmed for these rows, while the person waits."""
        if self._needs_second_person(action, rows, values, Doer.asked(request)):
            text = _("Somebody else has to approve this. Filter the list instead, and choose it for all rows found.")
            messages.error(request, text)
            return None
        self._run_on(request, rows, action, values)
        return HttpResponseRedirect(request.get_full_path())

    def _needs_second_person(
        self, action: PageAction, rows: Sequence[Any], values: Mapping[str, Any], doer: Doer
    ) -> bool:
        found = self.model._default_manager.filter(pk__in=[row.pk for row in rows])
        merchants = {row.merchant_id: row.merchant for row in rows}.values() if hasattr(rows[0], "merchant_id") else ()
        return any(
            action.to_be_approved(merchant, found.filter(merchant=merchant), values, doer) for merchant in merchants
        )

    def _run_on(self, request: HttpRequest, rows: Sequence[Any], action: PageAction, values: dict[str, Any]) -> None:
        doer = Doer.of(request)
        refusals: list[str] = []
        for row in rows:
            try:
                check_is_offered(action, row)
                action.run(row, values=values, doer=doer)
            except DomainError as failure:
                refusals.append(f"{row}: {explain(failure)}")
        done = len(rows) - len(refusals)
        if done:
            messages.success(request, ngettext("Done for %(n)s row.", "Done for %(n)s rows.", done) % {"n": done})
        for refusal in refusals:
            messages.error(request, refusal)


def once_of(request: HttpRequest) -> str:
    """The number of a question's own, the same when it is shown again: its answer sent twice starts one job."""
    return request.POST.get("once") or uuid4().hex


def _run_bulk(
    action: PageAction, model_admin: ActingAdmin, request: HttpRequest, rows: QuerySet[Any]
) -> HttpResponse | None:
    return model_admin.act_on_rows(request, rows, action)


def _once(action: PageAction, rows: Iterable[Any]) -> list[str]:
    """The consequences for several rows, each sentence said once."""
    return list(dict.fromkeys(str(sentence) for row in rows for sentence in action.consequences(row)))
