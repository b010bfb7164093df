"""Customers: one phone number within one merchant. The layers above add what the customer owes over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.admin import display
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, latin
from billing.admin.channel_choosing import ChooseCustomerChannel, channel_words
from billing.admin.customer_links import RenewCustomerLink
from billing.admin.documents import DocumentAdmin
from billing.admin.filters import MerchantFilter
from billing.admin.page_actions import PageAction
from billing.admin.searching import Search
from billing.models import Customer


class CustomerAdmin(DocumentAdmin):
    """Registered by `invoices.admin`, which knows everything a customer has."""

    search = Search(numbers=("national_id",), phones=("phone",), names=("email",), spelled=("search_name",))
    page_actions: ClassVar[Sequence[PageAction]] = (ChooseCustomerChannel(), RenewCustomerLink())
    list_display = ("name_shown", "phone_shown", "email", "merchant_shown", "created")
    list_select_related = ("merchant",)
    list_filter = (MerchantFilter,)
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

    @display(description=_("name"), ordering="name")
    def name_shown(self, obj: Customer) -> SafeString:
        return isolated(obj.name)

    @display(description=_("phone"))
    def phone_shown(self, obj: Customer) -> SafeString:
        return latin(obj.phone)

    @display(description=_("channel"))
    def channel_shown(self, obj: Customer) -> str:
        return channel_words("", obj.channel, obj.merchant.channel)

    @display(description=_("created"), ordering="id")
    def created(self, obj: Customer) -> SafeString:
        return instant(obj.created_at)

    @display(description=_("updated"))
    def updated(self, obj: Customer) -> SafeString:
        return instant(obj.updated_at)
