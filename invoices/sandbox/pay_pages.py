"""What the pay page shows, ready to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from invoices.sandbox.models import InvoiceStatus, SandboxInvoice, SandboxTransaction
from invoices.sandbox.wordings import PAGE


@dataclass(frozen=True, kw_only=True)
class PayPage:
    """One invoice in one of the states PAYABLE, PENDING, PAID, CANCELLED, EXPIRED, UNKNOWN."""

    state: str
    words: Mapping[str, str]
    language: str = "en"
    amount: str = ""
    currency: str = ""
    merchant_code: str = ""
    reference: str = ""
    customer: str = ""
    description: str = ""
    expires_at: str = ""
    return_url: str = ""

    @property
    def is_known(self) -> bool:
        return self.state != "UNKNOWN"

    @property
    def is_payable(self) -> bool:
        return self.state in ("PAYABLE", "PENDING")

    @property
    def is_amount_long(self) -> bool:
        """Whether large figures would wrap on a phone 360 px wide."""
        return len(self.amount) > 10

    @property
    def headline(self) -> str:
        return self.words[self.state]

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"


def read_pay_page(*, token: str, today: date) -> PayPage:
    invoice = SandboxInvoice.objects.select_related("account").filter(token=token).first()
    if invoice is None:
        return PayPage(state="UNKNOWN", words=PAGE["en"])
    return PayPage(
        state=_state_of(invoice, today=today),
        words=PAGE[invoice.language],
        language=invoice.language,
        amount=f"{invoice.amount:,.3f}",
        currency=invoice.account.currency,
        merchant_code=invoice.account.merchant_code,
        reference=invoice.reference_number,
        customer=invoice.customer_name,
        description=invoice.description,
        expires_at=invoice.expires_at.isoformat(),
        return_url=invoice.account.return_url,
    )


def _state_of(invoice: SandboxInvoice, *, today: date) -> str:
    if invoice.status != InvoiceStatus.UNPAID:
        return InvoiceStatus(invoice.status).name
    if invoice.is_expired(today=today):
        return "EXPIRED"
    is_pending = invoice.transactions.filter(status=SandboxTransaction.Status.PENDING).exists()
    return "PENDING" if is_pending else "PAYABLE"
