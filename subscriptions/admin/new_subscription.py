"""Making a subscription: the form, its dates beforehand, and then the row."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.making_once import make_once
from billing.admin.cells import isolated, money, person
from billing.admin.customers.finding import FIND
from billing.admin.customers.known import known_customer, name_warnings
from billing.admin.page_actions import Doer, explain
from billing.admin.roles import Right
from billing.admin.screens.documents import Fact
from billing.errors import DomainError
from billing.models import Merchant
from subscriptions.admin.new_subscription_form import NewSubscriptionForm
from subscriptions.admin.rehearsal import Rehearsal, rehearsal_of
from subscriptions.admin.rehearsing import AGAIN, REHEARSED, RehearsingAdmin
from subscriptions.models import Subscription
from subscriptions.services import NewSubscription, create_subscription, rehearse_new


class CreatingAdmin(RehearsingAdmin):
    """Nothing is made before the person has seen what will be owed when."""

    add_right = Right.MANAGE_PLANS

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        if posted is None:
            return self._ask_for_new(request, NewSubscriptionForm(None, request=request, initial=request.GET.dict()))
        form = NewSubscriptionForm(posted, request=request)
        if FIND in posted or AGAIN in posted:
            begun = NewSubscriptionForm(None, request=request, initial=form.entries)
            return self._ask_for_new(request, begun, self._dates(request, form))
        if not form.is_valid():
            return self._ask_for_new(request, form, self._dates(request, form))
        try:
            return self._create(request, form) if form.cleaned_data[REHEARSED] else self._show_dates(request, form)
        except DomainError as refusal:
            form.add_error(None, explain(refusal))
            return self._ask_for_new(request, form)

    def _create(self, request: HttpRequest, form: NewSubscriptionForm) -> HttpResponse:
        values, new, doer = form.cleaned_data, form.new_subscription, Doer.of(request)
        make = partial(
            create_subscription,
            merchant=values["merchant"],
            new=new,
            horizon=settings.OPEN_ENDED_HORIZON,
            actor=doer.actor,
            now=doer.now,
            rehearsed=values[REHEARSED],
        )
        made = make_once(
            endpoint="plans-by-hand",
            merchant=values["merchant"],
            entries=new,
            form_id=values["form_id"],
            doer=doer,
            make=make,
        )
        subscription = Subscription.objects.get(merchant=values["merchant"], pk=made)
        told = gettext_now("Subscription %(number)s is made.") % {"number": subscription.subscription_no}
        messages.success(request, told)
        return HttpResponseRedirect(self.page_of(subscription))

    def _show_dates(self, request: HttpRequest, form: NewSubscriptionForm) -> HttpResponse:
        merchant, new = form.cleaned_data["merchant"], form.new_subscription
        rehearsal = _rehearse(request, form)
        return self.rehearsal_page(
            request,
            replace(rehearsal, warnings=[*_about_the_name(new, merchant), *rehearsal.warnings]),
            form=form,
            title=_("New subscription"),
            confirm=_("Make this subscription"),
            facts=_facts(new, merchant.currency),
            back=self.list_url(),
        )

    def _dates(self, request: HttpRequest, form: NewSubscriptionForm) -> Rehearsal | str:
        """As far as they can be told by now; or why there are none."""
        try:
            return _rehearse(request, form) if form.has_schedule else ""
        except DomainError as refusal:
            return explain(refusal)

    def _ask_for_new(
        self, request: HttpRequest, form: NewSubscriptionForm, dates: Rehearsal | str = ""
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "back": self.list_url(), "form": form}
        context |= {"refused": dates} if isinstance(dates, str) else {"rehearsal": dates}
        context |= {"title": _("New subscription"), "find_field": FIND}
        return TemplateResponse(request, "admin/office/new_subscription.html", context)


def _rehearse(request: HttpRequest, form: NewSubscriptionForm) -> Rehearsal:
    """:raises DomainError: there is no such schedule"""
    merchant, new = form.cleaned_data["merchant"], form.new_subscription
    change = rehearse_new(merchant=merchant, new=new, horizon=settings.OPEN_ENDED_HORIZON, now=Doer.of(request).now)
    has_total = new.type != Subscription.Type.OPEN_ENDED
    return rehearsal_of(change, currency=merchant.currency, has_total=has_total)


def _about_the_name(new: NewSubscription, merchant: Merchant) -> list[SafeString]:
    return name_warnings(
        known_customer(merchant, new.customer_phone),
        phone=new.customer_phone,
        name=new.customer_name,
        former=gettext_now("{phone} is a former number of {name}. The subscription is that customer's."),
        renamed=gettext_now(
            "{phone} is the phone of {name}. The subscription is that customer's, who is called {new} from now on."
        ),
    )


def _facts(new: NewSubscription, currency: str) -> list[Fact]:
    amount = new.total_amount or new.recurring_amount
    return [
        Fact(title=_("Customer"), value=person(new.customer_name, new.customer_phone)),
        Fact(title=_("Product"), value=isolated(new.product_name)),
        Fact(title=_("Type"), value=str(new.type.label)),
        Fact(title=_("Total") if new.total_amount else _("Each payment"), value=money(amount, currency)),
    ]
