"""What staff do about reminders: ask for one now, confirm one they sent, begin with the usual plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.models import Merchant
from invoices.models import Reminder, ReminderChannel
from invoices.services.payables import Payable, has_live_invoice
from invoices.services.reminders.plans import plan_of, start_usual_plan
from invoices.services.reminders.rehearsal import rehearse_reminders
from invoices.services.reminders.requests import ask_for_reminder, confirm_sent_by_staff
from invoices.services.reminders.rules import NoInvoiceOut
from invoices.wake_ups import wake_reminders


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=ReminderChannel.choices,
        initial=ReminderChannel.GATEWAY,
        widget=UnfoldAdminSelectWidget,
    )


class RemindNow(PageAction):
    name = "remind"
    title = _("Remind now")
    right = Right.SEND
    icon = "notifications"
    confirm = _("Remind the customer")
    in_bulk = True

    def is_offered(self, row: Payable) -> bool:
        return row.amount_due > 0 and has_live_invoice(row)

    def why_not(self, row: Payable) -> Text:
        return gettext_now(NoInvoiceOut.message) if row.amount_due > 0 else super().why_not(row)

    def obstacles(self, rows: Sequence[Payable], *, now: datetime) -> dict[int, Text]:
        if not rows:
            return {}
        found = rehearse_reminders(payables=rows, plan=plan_of(rows[0].merchant), now=now)
        return {payable_id: gettext_now(message) for payable_id, message in found.items()}

    def consequences(self, row: Payable) -> Sequence[Text]:
        return [
            _("A customer gets one reminder a day at most, and none while a promise to pay is running."),
            _("The plan goes on after it: steps up to today are not sent any more."),
        ]

    def form(self, row: Payable | None, data: Mapping[str, Any] | None) -> forms.Form:
        return ChannelForm(data)

    def run(self, row: Payable, *, values: Mapping[str, Any], doer: Doer) -> str:
        channel = ReminderChannel(values["channel"])
        plan = plan_of(row.merchant)
        ask_for_reminder(payable=row, channel=channel, plan=plan, actor=doer.actor, now=doer.now)
        if channel == ReminderChannel.WHATSAPP:
            return gettext_now("Find it under Reminders, with a link that opens WhatsApp.")
        wake_reminders()
        return gettext_now("The reminder goes out within a minute.")


class ISentIt(PageAction):
    name = "sent"
    title = _("I have sent it")
    right = Right.SEND
    icon = "mark_chat_read"
    confirm = _("Yes, I have sent it")
    in_bulk = True

    def is_offered(self, row: Reminder) -> bool:
        return row.status == Reminder.Status.TO_DO and row.channel == ReminderChannel.WHATSAPP

    def consequences(self, row: Reminder) -> Sequence[Text]:
        return [_("It counts as the customer's reminder of today; nothing else is sent to them today.")]

    def run(self, row: Reminder, *, values: Mapping[str, Any], doer: Doer) -> str:
        confirm_sent_by_staff(merchant_id=row.merchant_id, reminder_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext_now("Recorded: sent through WhatsApp.")


class StartUsualPlan(PageAction):
    name = "usual-reminders"
    title = _("Usual reminder plan")
    right = Right.CHANGE_MERCHANT
    icon = "notifications_active"
    confirm = _("Begin with this plan")

    def is_offered(self, row: Merchant) -> bool:
        return not row.reminder_steps.exists()

    def consequences(self, row: Merchant) -> Sequence[Text]:
        return [
            _("The gateway sends its message again 3 days before the due date, on it, and 3, 7 and 14 days after it."),
            _("It begins within minutes: what is overdue by up to two months is reminded of once today."),
            _("Every step can be changed or taken out under Reminder plan."),
        ]

    def run(self, row: Merchant, *, values: Mapping[str, Any], doer: Doer) -> str:
        start_usual_plan(merchant_id=row.pk, actor=doer.actor)
        return gettext_now("The plan begins now.")
