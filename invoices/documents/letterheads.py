"""Who a document is from, and to whom it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from billing.models import Bill, Customer, Logo, Merchant
from billing.phones import mask_phone
from invoices.pages.masking import mask_name
from subscriptions.models import Subscription

_LOGO: Final = "own:/logo"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """`logo` is an address that only the printer knows, `files` what it finds there; empty without a logo."""

    merchant_name: str
    help_phone: str
    logo: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Party:
    name: str
    phone: str


def letterhead_of(merchant: Merchant, language: str) -> Letterhead:
    logo = Logo.objects.filter(merchant=merchant).first()
    return Letterhead(
        merchant_name=merchant.name_in(language),
        help_phone=merchant.help_phone,
        logo=_LOGO if logo else "",
        files={_LOGO: bytes(logo.image)} if logo else {},
    )


def party_of(document: Bill | Subscription | Customer, *, merchant: Merchant, in_full: bool) -> Party:
    """
    Masked as on the pages, because whoever holds a link can open what it leads to.

    :param in_full: for staff, who know their customers and print for them
    """
    if isinstance(document, Customer):
        name, phone = document.name, document.phone
    else:
        name, phone = document.customer_name, document.customer_phone
    if in_full:
        return Party(name=name, phone=phone)
    return Party(name=mask_name(name), phone=mask_phone(phone, hides_end=merchant.asks_phone_digits))
