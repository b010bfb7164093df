"""What an invoice's page says first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, copyable, day, isolated, link, money, person, status_label
from billing.admin.documents import Fact, Notice, Section
from invoices.admin.sections import link_section
from invoices.models import Invoice
from invoices.services.successors import EnoughForToday


def invoice_facts(invoice: Invoice) -> list[Fact]:
    customer = link(invoice.customer, person(invoice.customer_name, invoice.customer_phone))
    return [
        Fact(title=_("Amount"), value=money(invoice.amount, invoice.currency), is_loud=True),
        Fact(title=_("Status"), value=status_label(invoice)),
        Fact(title=_("Delivery"), value=status_label(invoice, "delivery")),
        Fact(title=_("Customer"), value=customer),
        Fact(title=_("Asks for"), value=link(invoice.payable)),
        Fact(title=_("Due"), value=day(invoice.due_date)),
    ]


def invoice_notices(invoice: Invoice) -> list[Notice]:
    notices = [Notice(text=isolated(str(_(invoice.problem))), colour="danger")] if invoice.problem else []
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
    content = copyable(invoice.gateway_url) if invoice.gateway_url else isolated(NOTHING)
    return [Section(title=_("Link at the gateway"), content=content), link_section(invoice.payable)]
