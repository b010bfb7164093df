"""Customers: one phone number within one merchant. The layers above add what the customer owes over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.channel_choosing import ChooseCustomerChannel, channel_words
from billing.admin.cells import instant, isolated, phone_number
from billing.admin.customers.links import RenewCustomerLink
from billing.admin.lists.filters import MerchantFilter
from billing.admin.lists.import_filter import ImportFilter
from billing.admin.lists.searching import Search
from billing.admin.page_actions import PageAction
from billing.admin.roles import rows_of
from billing.admin.screens.documents import DocumentAdmin
from billing.models import Customer
from billing.row_ids import is_row_id
from billing.search.phones import has_phone, typed_phone

_LONGEST_PHONE: Final = 30


class CustomerAdmin(DocumentAdmin):
    """Registered by `invoices.admin`, which knows everything a customer has."""

    search = Search(numbers=("national_id",), phones=("phone",), names=("email",), spelled=("search_name",))
    page_actions: ClassVar[Sequence[PageAction]] = (ChooseCustomerChannel(), RenewCustomerLink())
    list_display: tuple[str, ...] = ("name_shown", "phone_shown", "email", "merchant_shown", "created")
    list_select_related = ("merchant",)
    list_filter: tuple[Any, ...] = (MerchantFilter, ImportFilter)
    search_help_text = _("Name, phone or national id")
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "name_shown",
        "phone_shown",
        "email",
        "national_id",
        "address",
        "language",
        "channel_shown",
        "merchant_shown",
        "created",
        "updated",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).filter(merged_into=None)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Old links to somebody who was merged lead to who they are now."""
        if is_row_id(object_id):
            former = rows_of(request, Customer.objects.filter(pk=object_id, merged_into__isnull=False)).first()
            if former is not None:
                return HttpResponseRedirect(self.page_of(former.merged_into))
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A former number finds whom it leads to; asked for apart, for together they would miss both indexes."""
        found, has_doubles = super().get_search_results(request, queryset, search_term)
        if phone := typed_phone(search_term.strip()[:_LONGEST_PHONE]):
            formers = rows_of(request, Customer.objects.filter(has_phone("phone", phone), merged_into__isnull=False))
            ids = list(formers.values_list("merged_into", flat=True)[: self.list_per_page])
            found = queryset.filter(pk__in=ids) | found if ids else found
        return found, has_doubles

    @display(description=_("name"), ordering="name")
    def name_shown(self, obj: Customer) -> SafeString:
        return isolated(obj.name)

    @display(description=_("phone"))
    def phone_shown(self, obj: Customer) -> SafeString:
        return phone_number(obj.phone)

    @display(description=_("channel"))
    def channel_shown(self, obj: Customer) -> str:
        return channel_words("", obj.channel, obj.merchant.channel)

    @display(description=_("created"), ordering="id")
    def created(self, obj: Customer) -> SafeString:
        return instant(obj.created_at)

    @display(description=_("updated"))
    def updated(self, obj: Customer) -> SafeString:
        return instant(obj.updated_at)
