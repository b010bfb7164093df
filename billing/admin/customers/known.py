"""Whose phone it is that somebody typed."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.admin.cells import isolated, latin
from billing.models import Customer, Merchant
from billing.phones import to_e164


def known_customer(merchant: Merchant, phone: str) -> Customer | None:
    """A former number leads to the customer it was merged into, as it will when something is made for it."""
    rows = Customer.objects.filter(merchant=merchant, phone=to_e164(phone))
    found = rows.select_related("merged_into").first()
    return found and (found.merged_into or found)


def name_warnings(known: Customer | None, *, phone: str, name: str, former: str, renamed: str) -> list[SafeString]:
    """
    Where the phone is somebody else's than was typed.

    :param former: what to say of a number that leads to its customer by now, with {phone} and {name}
    :param renamed: what to say of a customer who will be called otherwise, with {new} besides
    """
    if known is None or (known.phone == to_e164(phone) and known.name == name):
        return []
    told = renamed if known.phone == to_e164(phone) else former
    return [format_html(told, phone=latin(phone), name=isolated(known.name), new=isolated(name))]
