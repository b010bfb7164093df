"""What the inbox shows, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict

from invoices.sandbox.models import Channel, InvoiceStatus, SandboxAccount, SandboxInvoice, SandboxMessage

PER_PAGE: Final = 24
REFRESH_SECONDS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One message as its channel's bubble or card."""

    channel: str
    channel_label: str
    sender: str
    to: str
    text: str
    language: str
    direction: str
    description: str
    sent_at: str
    is_resent: bool
    reference: str
    amount: str
    url: str
    status: str


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    entries: Sequence[Entry]
    total: int
    number: int
    last: int
    phone: str
    account: str
    accounts: Sequence[SandboxAccount]
    refresh_seconds: int | None
    newer_query: str | None
    older_query: str | None
    refresh_query: str


def read_inbox_page(query: QueryDict) -> InboxPage:
    """:param query: `phone` (digits anywhere in the number), `account` (an access code), `page`, `refresh`"""
    phone = "".join(filter(str.isdigit, query.get("phone", "")))
    account = query.get("account", "").replace("\0", "")
    refreshes = query.get("refresh") == "1"
    page = Paginator(_messages(phone=phone, account=account), PER_PAGE).get_page(query.get("page"))

    def query_for(number: int, *, refresh: bool = refreshes) -> str:
        named = {"phone": phone, "account": account, "page": number, "refresh": "1" if refresh else ""}
        return "?" + urlencode({name: value for name, value in named.items() if value})

    return InboxPage(
        entries=[_entry(message) for message in page.object_list],
        total=page.paginator.count,
        number=page.number,
        last=page.paginator.num_pages,
        phone=phone,
        account=account,
        accounts=list(SandboxAccount.objects.order_by("pk")),
        refresh_seconds=REFRESH_SECONDS if refreshes else None,
        newer_query=query_for(page.number - 1) if page.has_previous() else None,
        older_query=query_for(page.number + 1) if page.has_next() else None,
        refresh_query=query_for(page.number, refresh=not refreshes),
    )


def _messages(*, phone: str, account: str) -> list[SandboxMessage]:
    messages = SandboxMessage.objects.newest_first().select_related("invoice", "account")
    if phone:
        messages = messages.sent_to(phone)
    if account:
        messages = messages.filter(account__access_code=account)
    return messages  # type: ignore[return-value]  # a lazy sequence: the paginator slices it


def _entry(message: SandboxMessage) -> Entry:
    invoice: SandboxInvoice = message.invoice
    return Entry(
        channel=message.channel,
        channel_label=Channel(message.channel).label,
        sender=message.account.merchant_code,
        to=message.to,
        text=message.text,
        language=invoice.language,
        direction="rtl" if invoice.language == "ar" else "ltr",
        description=invoice.description,
        sent_at=message.created_at.strftime("%d %b, %H:%M"),
        is_resent=message.kind == SandboxMessage.Kind.RESEND,
        reference=invoice.reference_number or "no reference",
        amount=f"{invoice.amount:,.3f} {message.account.currency}",
        url=invoice.url,
        status=InvoiceStatus(invoice.status).label,
    )
