"""A merchant's settings."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.admin import display
from django.db.models import QuerySet, TimeField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import copyable, instant, isolated, label, latin
from billing.admin.form_fields import TimeInput
from billing.admin.lists.searching import Search
from billing.admin.merchants.form import MerchantForm
from billing.admin.merchants.sections import FIELDSETS, LOGO_FIELDS, PLATFORM_FIELDS, contents_of
from billing.admin.merchants.settings_log import record_settings_change
from billing.admin.page_actions import Doer
from billing.admin.roles import Right, rights_of, staff_of
from billing.admin.screens.documents import Page
from billing.admin.screens.settings_forms import SettingsAdmin
from billing.models import Event, Logo, Merchant
from billing.services.merchants import create_merchant
from billing.tenancy import merchants_of

_FIXED_FIELDS = ("username", "currency")


class MerchantAdmin(SettingsAdmin):
    """
    Owners and managers change their settings; making merchants and their limits is the platform's.

    Registered by `invoices.admin`, which knows the plan of reminders.
    """

    see_right = Right.SEE
    change_right = Right.CHANGE_MERCHANT
    search = Search(numbers=("username",), names=("name_en", "name_ar"))
    form = MerchantForm
    warn_unsaved_form = True
    list_display = ("username_shown", "name_en", "name_ar", "currency", "channel", "language", "activity")
    formfield_overrides: ClassVar[Any] = {TimeField: {"widget": TimeInput}}
    fieldsets = FIELDSETS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        return merchants_of(request.user).order_by("username")

    def merchant_id_of(self, obj: Any) -> int | None:
        merchant_id: int | None = obj.pk
        return merchant_id

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights_of(request).is_platform

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the ways to change the logo where nothing can be changed."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, options | {"fields": tuple(name for name in options["fields"] if name not in LOGO_FIELDS)})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        own = ("api_address", "logo_shown", "created")
        fixed = _FIXED_FIELDS if obj is not None else ()
        platform = () if rights_of(request).is_platform else PLATFORM_FIELDS
        may_set = rights_of(request).allow(Right.SET_SECOND_PERSON, obj.pk if obj is not None else None)
        second_person = () if may_set else ("second_person_above",)
        return (*own, *fixed, *platform, *second_person)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            doer = Doer.of(request)
            create_merchant(merchant=obj, actor=doer.actor, now=doer.now)
            form.save_logo(obj, actor=doer.actor, now=doer.now)
            return
        self.save_changes(obj, form)
        record_settings_change(
            merchant_id=obj.pk,
            subject=Event.Subject.MERCHANT,
            subject_id=obj.pk,
            user_id=staff_of(request).pk,
            fields=[name for name in form.changed_data if name not in LOGO_FIELDS],
        )
        doer = Doer.of(request)
        form.save_logo(obj, actor=doer.actor, now=doer.now)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["contents"] = contents_of(context["adminform"])
        return super().render_change_form(request, context, *args, **kwargs)

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

    @display(description=_("logo"))
    def logo_shown(self, obj: Merchant) -> SafeString:
        """Drawn into the page: it has an address only for customers."""
        # A form asks for each of its fields several times.
        drawn: SafeString | None = getattr(obj, "logo_drawn", None)
        if drawn is None:
            drawn = _draw_logo(obj)
            obj.logo_drawn = drawn  # type: ignore[attr-defined]
        return drawn

    @display(description=_("created"))
    def created(self, obj: Merchant) -> SafeString:
        return instant(obj.created_at if obj.pk else None)


def _draw_logo(merchant: Merchant) -> SafeString:
    logo = Logo.objects.filter(merchant=merchant.pk).first()
    if logo is None:
        return isolated(_("None: customers see the name alone."))
    source = f"data:{logo.media_type};base64,{b64encode(logo.image).decode()}"
    return format_html('<img class="office-logo" src="{}" alt="" width="{}">', source, logo.width)
