"""What a test needs of the sandbox gateway: connect a merchant, switch faults, read its book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from billing.clock import database_now
from billing.models import Merchant
from invoices.models import GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.accounts import find_account, new_account_credentials, register_account
from invoices.sandbox.book import read_book
from invoices.sandbox.faults import switch_all_off, switch_on
from invoices.sandbox.models import FaultKind, SandboxInvoice, SandboxMessage
from invoices.sandbox.payments import pay_invoice
from invoices.services.account_setup import open_account
from invoices.services.issuing import issue_due
from invoices.services.pushing.calls import Call
from invoices.services.pushing.claims import claim_due
from invoices.services.pushing.delivery import push_due


@dataclass(frozen=True)
class SandboxedMerchant:
    merchant: Merchant
    account: GatewayAccount
    access_code: str

    def issue(self) -> int:
        return issue_due(merchant=self.merchant, now=database_now())

    def push(self) -> int:
        return push_due(account_ids=[self.account.pk], policy=GatewayPolicy.from_settings(), seconds=20)

    def claim(self, *, limit: int = 8, alone: bool = False) -> list[Call]:
        """What a worker does before it calls."""
        return claim_due(wanted={self.account.pk: limit}, policy=GatewayPolicy.from_settings(), alone=alone).calls

    def fault(self, kind: FaultKind, **order: Any) -> None:
        switch_on(kind=kind, account=find_account(self.access_code), **order)

    def no_faults(self) -> None:
        switch_all_off()

    def book(self) -> dict[str, Any]:
        return read_book(account=self.access_code)

    def at_gateway(self, invoice: Invoice) -> SandboxInvoice:
        return SandboxInvoice.objects.get(account__access_code=self.access_code, reference_number=invoice.reference)

    def messages(self) -> list[SandboxMessage]:
        return list(SandboxMessage.objects.filter(account__access_code=self.access_code).order_by("pk"))

    def customer_pays(self, invoice: Invoice) -> None:
        pay_invoice(token=self.at_gateway(invoice).token, now=timezone.now())


def connect_to_sandbox(merchant: Merchant, *, base_url: str, **switches: Any) -> SandboxedMerchant:
    credentials = new_account_credentials()
    register_account(
        merchant_code=credentials.merchant_code,
        access_code=credentials.access_code,
        secret_key=credentials.secret_key,
        iv_key=credentials.iv_key,
        currency=merchant.currency,
        return_url="",
        webhook_url="",
    )
    account = GatewayAccount(
        merchant=merchant,
        base_url=f"{base_url}/sandbox",
        payment_base_url=f"{base_url}/sandbox",
        merchant_code=credentials.merchant_code,
        access_code=credentials.access_code,
        secret_key=credentials.secret_key,
        iv_key=credentials.iv_key,
        currency=merchant.currency,
        **switches,
    )
    open_account(account=account, allow_private=True, actor="test", now=timezone.now())
    return SandboxedMerchant(merchant, account, credentials.access_code)
