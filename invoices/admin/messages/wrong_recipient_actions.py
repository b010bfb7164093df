"""What staff decide about a phone that somebody else answered, from the task or from the customer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.admin.screens.documents import Notice
from billing.models import Customer, WrongRecipient
from billing.phones import InvalidPhone, to_e164
from billing.services.wrong_recipients import resolve_wrong_recipient, resume_messages
from invoices.services.corrected_phones import correct_phone

Resolution = WrongRecipient.Resolution


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("The right number"),
        max_length=10,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off", "dir": "ltr"}),
        help_text=_("07 and eight digits."),
    )

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        try:
            to_e164(phone)
        except InvalidPhone:
            raise forms.ValidationError(gettext_now("Enter 07 and eight digits, such as 0777839071.")) from None
        return phone


class ItIsTheCustomer(PageAction):
    name = "it-is-the-customer"
    title = _("It is the customer")
    right = Right.SEND
    icon = "how_to_reg"
    confirm = _("Let messages go on")

    def is_offered(self, row: WrongRecipient) -> bool:
        return row.resolved_at is None

    def consequences(self, row: WrongRecipient) -> Sequence[Text]:
        return _GO_ON

    def run(self, row: WrongRecipient, *, values: Mapping[str, Any], doer: Doer) -> str:
        resolve_wrong_recipient(report=row, resolution=Resolution.RESUMED, user=doer.user, now=doer.now)
        return gettext_now("Messages to this customer go on.")


class KeepStopped(PageAction):
    name = "keep-stopped"
    title = _("No more messages")
    right = Right.SEND
    icon = "notifications_off"
    confirm = _("Send no more messages to this phone")

    def is_offered(self, row: WrongRecipient) -> bool:
        return row.resolved_at is None

    def consequences(self, row: WrongRecipient) -> Sequence[Text]:
        return [
            _("Neither invoices nor reminders nor receipts are sent to this customer any more."),
            _("Invoices are still made: the customer pays on the payment page, or at your counter."),
            _("You can correct the number later, or let messages go on, from the customer's page."),
        ]

    def run(self, row: WrongRecipient, *, values: Mapping[str, Any], doer: Doer) -> str:
        resolve_wrong_recipient(report=row, resolution=Resolution.STOPPED, user=doer.user, now=doer.now)
        return gettext_now("No more messages go to this phone.")


class _CorrectPhone(PageAction):
    name = "correct-phone"
    title = _("Correct the number")
    right = Right.SEND
    icon = "edit"
    confirm = _("Correct the number")

    def customer_id_of(self, row: Any) -> int:
        raise NotImplementedError

    def consequences(self, row: Any) -> Sequence[Text]:
        return [
            _("Every link that was sent to the old number stops working, those of paid bills too."),
            _("Open invoices are cancelled at the gateway first; then new ones go to the right number."),
            _("What your own systems still post for the old number reaches nobody: correct it there too."),
        ]

    def form(self, row: Any, data: Mapping[str, Any] | None) -> forms.Form:
        return PhoneForm(data)

    def run(self, row: Any, *, values: Mapping[str, Any], doer: Doer) -> str:
        correct_phone(
            merchant_id=row.merchant_id,
            customer_id=self.customer_id_of(row),
            phone=values["phone"],
            user=doer.user,
            now=doer.now,
        )
        return gettext_now("The number is corrected. New links go out within a few minutes.")


class CorrectReportedPhone(_CorrectPhone):
    def is_offered(self, row: WrongRecipient) -> bool:
        return row.resolved_at is None

    def customer_id_of(self, row: WrongRecipient) -> int:
        return row.customer_id


class CorrectPhone(_CorrectPhone):
    """Also without a report: the customer has called, or has another number now."""

    is_rare = True

    def customer_id_of(self, row: Customer) -> int:
        return row.pk


class ResumeMessages(PageAction):
    name = "resume-messages"
    title = _("Let messages go on")
    right = Right.SEND
    icon = "notifications_active"
    confirm = _("Let messages go on")

    def is_offered(self, row: Customer) -> bool:
        return row.messages_stopped_at is not None

    def consequences(self, row: Customer) -> Sequence[Text]:
        return _GO_ON

    def run(self, row: Customer, *, values: Mapping[str, Any], doer: Doer) -> str:
        resume_messages(merchant_id=row.merchant_id, customer_id=row.pk, user=doer.user, now=doer.now)
        return gettext_now("Messages to this customer go on.")


def stopped_notices(customer: Customer) -> list[Notice]:
    if customer.messages_stopped_at is None:
        return []
    return [Notice(text=_("No messages go to this phone: somebody else answers there. Invoices go by link only."))]


_GO_ON: Sequence[Text] = (
    _("Invoices and reminders go to this phone again from now on."),
    _("What was issued meanwhile went out without a message: send it by another channel where you want one."),
)
