"""What an invoice's page says first."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import copyable, day, isolated, link, money, person, status_label
from billing.admin.screens.documents import Fact, Notice, Section
from invoices.admin.invoices.troubles import troubles_of
from invoices.admin.sections import link_section
from invoices.gateway_sentences import gateway_words
from invoices.models import Invoice
from invoices.services.successors import EnoughForToday


def invoice_facts(invoice: Invoice) -> list[Fact]:
    customer = link(invoice.customer, person(invoice.customer_name, invoice.customer_phone))
    return [
        Fact(title=_("Amount"), value=money(invoice.amount, invoice.currency), is_loud=True),
        Fact(title=_("Status"), value=status_label(invoice)),
        Fact(title=_("Delivery"), value=status_label(invoice, "delivery")),
        Fact(title=_("Customer"), value=customer),
        Fact(title=_("For"), value=link(invoice.payable)),
        Fact(title=_("Due"), value=day(invoice.due_date, is_late=_is_late(invoice))),
    ]


def _is_late(invoice: Invoice) -> bool:
    """As red here as on the page of what it is for."""
    return invoice.payable.amount_due > 0 and invoice.due_date < timezone.localdate()


def invoice_notices(invoice: Invoice) -> list[Notice]:
    # What can be done about it are the buttons of this very page.
    notices = troubles_of([invoice], may_ask=False)
    if invoice.problem and not notices:
        notices.append(Notice(text=isolated(gateway_words(invoice.problem)), colour="danger"))
    if invoice.cancel_requested_at and invoice.status == Invoice.Status.OPEN:
        notices.append(Notice(text=_("Being cancelled at the gateway. Until it confirms, the link can still be paid.")))
    if invoice.next_channel and invoice.renew_when_cancelled:
        follows = _("A new one follows by %(channel)s.") % {"channel": invoice.get_next_channel_display()}
        notices.append(Notice(text=follows, colour="info"))
    if invoice.held_back_at:
        notices.append(Notice(text=_(EnoughForToday.message), colour="danger"))
    if invoice.status == Invoice.Status.OPEN and invoice.gateway_account_id is None:
        notices.append(Notice(text=_("The merchant has no gateway account: it is sent once one is set up.")))
    return notices


def link_sections(invoice: Invoice) -> list[Section]:
    """The customer's first: it outlives this invoice, which the gateway's address does not."""
    theirs = replace(link_section(invoice.payable), title=_("Payment page: this address is for the customer"))
    if not invoice.gateway_url:
        return [theirs]
    title = _("Link at the gateway: for looking it up, not for the customer")
    return [theirs, Section(title=title, content=copyable(invoice.gateway_url))]
