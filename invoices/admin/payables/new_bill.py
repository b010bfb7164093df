"""Making a bill by hand: the form, what will become of it beforehand, and then the bill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.acts.making_once import make_once
from billing.admin.bills.new_form import NewBillForm
from billing.admin.customers.finding import FIND
from billing.admin.page_actions import Doer, explain
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin
from billing.errors import DomainError
from billing.models import Bill, Customer
from billing.services import create_bill
from invoices.admin.payables.bill_preview import preview_of

# Names of the buttons: back to the entries, make it.
AGAIN: Final = "again"
CONFIRMED: Final = "confirmed"


class MakingBillsAdmin(DocumentAdmin):
    """Nothing is made before the person has seen what the customer will get."""

    add_right = Right.ADD_BILLS

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        if posted is None or FIND in posted or AGAIN in posted:
            entries = (posted or request.GET).dict()
            return self._ask_for_bill(request, NewBillForm(None, request=request, initial=entries))
        form = NewBillForm(posted, request=request)
        if not form.is_valid():
            return self._ask_for_bill(request, form)
        if CONFIRMED not in posted:
            return self._show_beforehand(request, form)
        try:
            return self._make(request, form)
        except DomainError as refusal:
            form.add_error(None, explain(refusal))
            return self._ask_for_bill(request, form)

    def _make(self, request: HttpRequest, form: NewBillForm) -> HttpResponse:
        merchant, new, doer = form.cleaned_data["merchant"], form.new_bill, Doer.of(request)
        made = make_once(
            endpoint="bills-by-hand",
            merchant=merchant,
            entries=new,
            form_id=form.cleaned_data["form_id"],
            doer=doer,
            make=lambda: create_bill(merchant=merchant, new=new, actor=doer.actor, now=doer.now),
        )
        bill = Bill.objects.get(merchant=merchant, pk=made)
        told = gettext_now("Bill %(number)s is made. Its invoice follows within a minute.")
        messages.success(request, told % {"number": bill.billing_no})
        return HttpResponseRedirect(self.page_of(bill))

    def _show_beforehand(self, request: HttpRequest, form: NewBillForm) -> HttpResponse:
        merchant = form.cleaned_data["merchant"]
        preview = preview_of(form.new_bill, merchant=merchant, now=Doer.of(request).now)
        context = {"form": form, "preview": preview, "confirmed_field": CONFIRMED, "again_field": AGAIN}
        return self._page(request, "admin/office/new_bill_check.html", context)

    def _ask_for_bill(self, request: HttpRequest, form: NewBillForm) -> HttpResponse:
        return self._page(request, "admin/office/new_bill.html", {"form": form, "find_field": FIND})

    def _page(self, request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("New bill")}
        return TemplateResponse(request, template, {**shown, "back": self.list_url(), **context})


def new_bill_button(customer: Customer) -> dict[str, Any]:
    """On the customer's page: the form with the customer filled in."""
    url = f"{reverse('admin:billing_bill_add')}?customer={customer.pk}"
    return {"title": _("New bill"), "icon": "receipt_long", "variant": ActionVariant.PRIMARY, "path": url, "attrs": {}}
