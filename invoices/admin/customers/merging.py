"""Merging a double into a customer: found, looked at, confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin
from billing.models import Customer
from billing.row_ids import is_row_id
from invoices.admin.customers.merge_form import FindForm, MergeForm, details_filled, others
from invoices.admin.customers.merge_rehearsal import rehearsal_of
from invoices.services.merging.merge import LeftNumber, merge_customers

MOST_FOUND: Final = 10


class MergeDouble(PageAction):
    name = "merge"
    title = _("Merge a double into this one")
    right = Right.MERGE_CUSTOMERS
    icon = "merge"
    variant = ActionVariant.DANGER
    confirm = _("Merge the two")
    is_rare = True

    def is_offered(self, row: Customer) -> bool:
        return row.forgotten_at is None

    def consequences(self, row: Customer) -> Sequence[Text]:
        return [
            _("Everything the double has belongs to this customer afterwards. This cannot be undone."),
            _("Bills that your systems post for either number come to this customer from then on."),
            _("Documents keep the name and the phone they were made out to."),
            _("The link to the double's own page stops working; this customer's goes on."),
        ]

    def form(self, row: Customer, data: Mapping[str, Any] | None) -> forms.Form:
        return MergeForm(data, survivor=row, double=double_of(row, (data or {}).get("double")))

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        form = self.form(row, {name: str(value) for name, value in values.items()})
        assert isinstance(form, MergeForm)
        form.is_valid()
        customer = merge_customers(
            merchant_id=row.merchant_id,
            survivor_id=row.pk,
            double_id=values["double"],
            taken=form.taken,
            left_number=LeftNumber(values["left_number"]),
            reason=values["reason"],
            user=doer.user,
            now=doer.now,
        )
        return gettext_now("%(name)s is one customer now, with everything of both.") % {
            "name": f"\u2068{customer.name}\u2069"
        }


def double_of(row: Customer, stated: object) -> Customer | None:
    """Of the same merchant only: another's answers as if it did not exist."""
    text = str(stated or "")
    return others(row).filter(pk=text).first() if is_row_id(text) else None


class MergingAdmin(DocumentAdmin):
    """Before the form of a merge stands the search for the double."""

    def _ask(self, request: HttpRequest, row: Any, action: PageAction, form: Any) -> HttpResponse:
        if not isinstance(action, MergeDouble):
            return super()._ask(request, row, action, form)
        stated = request.POST.get("double") or request.GET.get("double")
        if not stated:
            return self._find(request, row, action)
        double = double_of(row, stated)
        if double is None:
            raise Http404
        if not form.is_bound:
            form = MergeForm(None, survivor=row, double=double)
        extra = {"original": row, "back": self.page_of(row), "shown": rehearsal_of(row, double, act=action.name)}
        consequences = [*action.consequences(row), *_filled(row, double)]
        return self._confirmation(request, action, form, extra | {"consequences": consequences})

    def _find(self, request: HttpRequest, row: Customer, action: PageAction) -> HttpResponse:
        text = request.GET.get("find", "").replace("\0", "").strip()
        found = []
        if text and self.search is not None:
            found = list(self.search.find(others(row), text).order_by("-id")[: MOST_FOUND + 1])
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": action.title,
            "action": action,
            "original": row,
            "back": self.page_of(row),
            "form": FindForm(initial={"find": text}),
            "text": text,
            "found": found[:MOST_FOUND],
            "has_more": len(found) > MOST_FOUND,
        }
        return TemplateResponse(request, "admin/office/find_double.html", context)


def _filled(row: Customer, double: Customer) -> list[str]:
    names = details_filled(row, double)
    told = gettext_now("Taken over because it is empty here: %(details)s.")
    return [told % {"details": gettext_now(", ").join(names)}] if names else []
