"""What is done with a customer most often, a tap away: calling, writing, and making something new."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models import Customer
from invoices.admin.payables.ways_on import Button, button
from invoices.messages.contacts import whatsapp_to


def call_button(customer: Customer) -> Button:
    return button(_("Call"), "call", f"tel:{customer.phone}")


def whatsapp_button(customer: Customer) -> Button:
    """An empty chat: what is said of a document is written from that document's page."""
    return button(_("WhatsApp"), "chat", whatsapp_to(customer.phone, text=""))


def new_subscription_button(customer: Customer) -> Button:
    query = urlencode({"customer": customer.pk})
    return button(_("New subscription"), "event_repeat", f"{reverse('admin:subscriptions_subscription_add')}?{query}")
