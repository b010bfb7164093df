"""The reminders of a bill or installment, made and to come, and the plan they follow."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, day, isolated, label, link, status_label
from billing.admin.screens.documents import Column, Section
from billing.models import Merchant
from invoices.admin.sections import list_url
from invoices.models import Reminder, ReminderChannel
from invoices.services.payables import Payable
from invoices.services.reminders.plans import coming_reminders, reminders_of


def reminders_section(payable: Payable, *, now: datetime) -> Section:
    """What was sent, then the exact days to come: the same function decides them and sends."""
    columns = (Column(title=_("Day")), Column(title=_("Channel")), Column(title=_("Status")))
    made = reminders_of(payable)
    rows = [_made(reminder) for reminder in made]
    rows += [
        (day(each.on_date), ReminderChannel(each.channel).label, label(gettext("Planned, unless it is paid")))
        for each in coming_reminders(payable, now=now, made=made)
    ]
    return Section(title=_("Reminders"), columns=columns, rows=rows, empty=_("None are planned, and none were sent."))


def plan_section(merchant: Merchant) -> Section:
    """A merchant's plan, with the way to change it."""
    columns = (Column(title=_("When")), Column(title=_("Channel")))
    rows = [(link(step, str(step)), step.get_channel_display()) for step in merchant.reminder_steps.all()]
    url = list_url("invoices_reminderstep", merchant=merchant.pk)
    empty = _("No reminders are sent. Begin with the usual plan, or add steps under Reminder plan.")
    return Section(title=_("Reminder plan"), columns=columns, rows=rows, more_url=url, empty=empty)


def _made(reminder: Reminder) -> tuple[object, ...]:
    state = status_label(reminder)
    detail = above(state, isolated(gettext(reminder.detail))) if reminder.detail else state
    return link(reminder, day(reminder.on_date)), reminder.get_channel_display(), detail
