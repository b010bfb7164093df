"""A merchant's settings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.admin import display
from django.db.models import QuerySet, TimeField
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import copyable, instant, label, latin
from billing.admin.documents import Page, PagedAdmin
from billing.admin.form_fields import TimeInput
from billing.admin.page_actions import Doer
from billing.admin.roles import Right, rights_of, staff_of
from billing.admin.searching import Search
from billing.admin.settings_log import changed_fields, record_settings_change
from billing.models import Event, Merchant
from billing.services.merchants import create_merchant
from billing.tenancy import merchants_of

_PLATFORM_FIELDS = ("bills_per_hour", "subscriptions_per_hour", "is_active")
_FIXED_FIELDS = ("username", "currency")
_QUIET_FIELDS = ("quiet_from", "quiet_until", "weekend", "is_quiet_on_weekend")


class MerchantAdmin(PagedAdmin):
    """
    Owners and managers change their settings; making merchants and their limits is the platform's.

    Registered by `invoices.admin`, which knows the plan of reminders.
    """

    see_right = Right.SEE
    change_right = Right.CHANGE_MERCHANT
    search = Search(numbers=("username",), names=("name_en", "name_ar"))
    list_display = ("username_shown", "name_en", "name_ar", "currency", "channel", "language", "activity")
    formfield_overrides: ClassVar[Any] = {TimeField: {"widget": TimeInput}}
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("username", "api_address", "name_en", "name_ar", "help_phone")}),
        (_("Money, language and time"), {"fields": ("currency", "language", "time_zone")}),
        (_("Invoices"), {"fields": ("channel", "falls_back", "issue_days_ahead", "link_valid_days")}),
        (
            _("Messages to customers"),
            {
                "fields": ("messages_per_day", "reminders_at_most", *_QUIET_FIELDS),
                "description": _(
                    "In quiet hours and on a quiet weekend messages wait until they are over. "
                    "Quiet hours may begin in the evening and end in the morning; leave both empty for none."
                ),
            },
        ),
        (_("When a subscription has missed periods"), {"fields": ("catch_up_after", "catch_up")}),
        (_("Limits"), {"fields": (*_PLATFORM_FIELDS, "created")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        return merchants_of(request.user).order_by("username")

    def merchant_id_of(self, obj: Any) -> int | None:
        merchant_id: int | None = obj.pk
        return merchant_id

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).is_platform

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        own = ("api_address", "created")
        fixed = _FIXED_FIELDS if obj is not None else ()
        platform = () if rights_of(request).is_platform else _PLATFORM_FIELDS
        return (*own, *fixed, *platform)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            doer = Doer.of(request)
            create_merchant(merchant=obj, actor=doer.actor, now=doer.now)
            return
        super().save_model(request, obj, form, change)
        record_settings_change(
            merchant_id=obj.pk,
            subject=Event.Subject.MERCHANT,
            subject_id=obj.pk,
            user_id=staff_of(request).pk,
            fields=changed_fields(form),
        )

    def page(self, request: HttpRequest, row: Any) -> Page:
        return Page(subjects=[(Event.Subject.MERCHANT, [row.pk])])

    @display(description=_("username"), ordering="username")
    def username_shown(self, obj: Merchant) -> SafeString:
        return latin(obj.username)

    @display(description=_("active"), ordering="is_active")
    def activity(self, obj: Merchant) -> SafeString:
        return label(_("Active"), "success") if obj.is_active else label(_("Inactive"), "danger")

    @display(description=_("address of the API"))
    def api_address(self, obj: Merchant) -> SafeString:
        return copyable(f"{settings.PUBLIC_BASE_URL}/{obj.username or '…'}/v1/")

    @display(description=_("created"))
    def created(self, obj: Merchant) -> SafeString:
        return instant(obj.created_at if obj.pk else None)
