"""A merchant's settings, with its plan of reminders."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from billing.admin.merchants.screen import MerchantAdmin
from billing.admin.roles import Right
from billing.admin.screens.documents import Page
from billing.clock import database_now
from billing.models import Merchant
from invoices.admin.merchants.connections import connections_section
from invoices.admin.payables.missed import InvoiceHeld, missed_section
from invoices.admin.reminders.actions import StartUsualPlan
from invoices.admin.reminders.sections import plan_section
from invoices.admin.shifts.actions import OpenShift


class FullMerchantAdmin(MerchantAdmin):
    page_actions = (InvoiceHeld(), StartUsualPlan(), OpenShift())

    def page(self, request: HttpRequest, row: Any) -> Page:
        page = super().page(request, row)
        sections = [missed_section(row, now=database_now())]
        if self.allows(request, Right.SEE_SETUP, row):
            may_test = self.allows(request, Right.MANAGE_GATEWAY, row)
            sections = [
                connections_section(row, now=database_now(), may_test=may_test),
                plan_section(row),
                *sections,
            ]
        return Page(sections=sections, subjects=page.subjects)


admin.site.register(Merchant, FullMerchantAdmin)
