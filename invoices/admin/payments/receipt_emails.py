"""Receipts by e-mail: what became of each, and sending one again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import above, instant, isolated, latin, link, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin, Fact, Page
from billing.models import Event
from invoices.models import Payment, ReceiptEmail
from invoices.services.payables import email_of
from invoices.services.receipt_emails.rows import send_receipt_again


class SendReceipt(PageAction):
    """On a payment. Also where none was sent before."""

    name = "send-receipt"
    title = _("Send receipt")
    right = Right.SEND
    icon = "outgoing_mail"
    confirm = _("Send the receipt")

    def is_offered(self, row: Payment) -> bool:
        return bool(email_of(row.payable)) and row.customer.messages_stopped_at is None

    def consequences(self, row: Payment) -> Sequence[Text]:
        sentences: list[Text] = [_("The customer gets the receipt by e-mail within a minute.")]
        receipt = receipt_of(row)
        if receipt is not None and receipt.status == ReceiptEmail.Status.UNKNOWN:
            sentences.append(_("The last one may have arrived: the customer may get two."))
        return sentences

    def run(self, row: Payment, *, values: Mapping[str, Any], doer: Doer) -> str:
        send_receipt_again(merchant_id=row.merchant_id, payment_id=row.pk, actor=doer.actor, now=doer.now)
        return gettext("The receipt goes out within a minute.")


class ReceiptEmailAdmin(TabbedList, DocumentAdmin):
    search = Search(
        numbers=("payment__receipt_no",), phones=("payment__customer__phone",), names=("payment__customer__name",)
    )
    search_help_text = _("Receipt number, phone or name")
    tabs = ReceiptEmail.Status
    list_display = ("receipt", "customer_shown", "address_shown", "state", "finished", "merchant_shown")
    list_select_related = ("merchant", "payment__customer")
    list_filter = (
        MerchantFilter,
        choice_filter("status", _("status"), ReceiptEmail.Status),
        recent_filter("due_at", _("due")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = ("address_shown", "due_shown", "claimed", "finished", "merchant_shown")

    def page(self, request: HttpRequest, row: ReceiptEmail) -> Page:
        facts = [
            Fact(title=_("Status"), value=self.state(row), is_loud=True),
            Fact(title=_("Payment"), value=link(row.payment)),
            Fact(title=_("Customer"), value=self.customer_shown(row)),
        ]
        subjects = [(Event.Subject.PAYMENT, [row.payment_id])]
        return Page(facts=facts, subjects=subjects, currency=row.payment.currency)

    @display(description=_("receipt"), ordering="id")
    def receipt(self, obj: ReceiptEmail) -> SafeString:
        return latin(obj.payment.receipt_no)

    @display(description=_("customer"))
    def customer_shown(self, obj: ReceiptEmail) -> SafeString:
        return link(obj.payment.customer, isolated(obj.payment.customer.name))

    @display(description=_("e-mail"))
    def address_shown(self, obj: ReceiptEmail) -> SafeString:
        return latin(obj.address)

    @display(description=_("status"), ordering="status")
    def state(self, obj: ReceiptEmail) -> SafeString:
        return receipt_state(obj)

    @display(description=_("due"))
    def due_shown(self, obj: ReceiptEmail) -> SafeString:
        return instant(obj.due_at)

    @display(description=_("claimed"))
    def claimed(self, obj: ReceiptEmail) -> SafeString:
        return instant(obj.claimed_at)

    @display(description=_("finished"))
    def finished(self, obj: ReceiptEmail) -> SafeString:
        return instant(obj.finished_at)


def receipt_of(payment: Payment) -> ReceiptEmail | None:
    return ReceiptEmail.objects.filter(payment=payment).first()


def receipt_state(receipt: ReceiptEmail) -> SafeString:
    state = status_label(receipt)
    return above(state, isolated(gettext(receipt.detail))) if receipt.detail else state


def receipt_facts(payment: Payment) -> list[Fact]:
    """What became of its e-mail, if there is one."""
    receipt = receipt_of(payment)
    return [Fact(title=_("Receipt by e-mail"), value=receipt_state(receipt))] if receipt else []


admin.site.register(ReceiptEmail, ReceiptEmailAdmin)
