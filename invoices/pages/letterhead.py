"""Who asks: the merchant's name and logo, at the head of every page of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString

from billing.models import Logo, Merchant
from invoices.pages.runs import as_run

_HEIGHT: Final = 44  # pixels of the page
_WIDEST: Final = 120


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """`logo` is its address, empty where there is none; with the width and height it takes up before it is there."""

    name: SafeString
    monogram: str
    logo: str = ""
    width: int = 0
    height: int = 0


def letterhead_of(merchant: Merchant, language: str) -> Letterhead:
    """One query, unless the merchant was read with its logo."""
    name = merchant.name_in(language)
    try:
        logo = merchant.logo
    except Logo.DoesNotExist:
        return Letterhead(name=as_run(name), monogram=name[:1])
    scale = min(_HEIGHT / logo.height, _WIDEST / logo.width)
    return Letterhead(
        name=as_run(name),
        monogram=name[:1],
        logo=reverse("logo", kwargs={"username": merchant.username, "digest": logo.digest}),
        width=round(logo.width * scale),
        height=round(logo.height * scale),
    )
