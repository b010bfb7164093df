"""Demo merchants: made once, found again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from billing.models import Customer, Language, Merchant
from billing.services import create_bill, create_merchant, issue_api_key, revoke_api_key
from invoices.demo.documents import BILLS, SUBSCRIPTIONS
from invoices.models import GatewayAccount
from invoices.services.account_setup import open_account
from invoices.services.orders import return_url, webhook_url
from subscriptions.services import create_subscription

ACTOR: Final = "demo"
FIRST: Final = "razzbery"
INACTIVE: Final = "closed-shop"


def find_or_make_merchant(*, username: str, now: datetime, is_active: bool = True) -> Merchant:
    """The demo merchant of that name, connected to the sandbox gateway where that is on."""
    merchant = Merchant.objects.filter(username=username).first()
    if merchant is None:
        is_first = username == FIRST
        merchant = create_merchant(
            merchant=Merchant(
                username=username,
                name_en="Razzbery" if is_first else username.replace("-", " ").title(),
                name_ar="رازبيري" if is_first else "",
                help_phone="+96265001234",
                is_active=is_active,
            ),
            actor=ACTOR,
            now=now,
        )
    if settings.SANDBOX_GATEWAY and is_active:
        _connect_to_sandbox(merchant, now)
    return merchant


def add_documents(*, merchant: Merchant, now: datetime) -> None:
    """The documents' examples, unless the merchant has bills already."""
    if merchant.bills.exists():
        return
    for bill in BILLS:
        create_bill(merchant=merchant, new=bill, actor=ACTOR, now=now)
    for subscription in SUBSCRIPTIONS:
        create_subscription(
            merchant=merchant, new=subscription, horizon=settings.OPEN_ENDED_HORIZON, actor=ACTOR, now=now
        )
    english = Customer.objects.filter(merchant=merchant, name__regex=r"^[A-Za-z]")
    english.update(language=Language.ENGLISH)


def new_key(merchant: Merchant, label: str, *, now: datetime) -> str:
    _, plaintext = issue_api_key(merchant=merchant, label=label, actor=ACTOR, now=now)
    return plaintext


def revoked_key(merchant: Merchant, *, now: datetime) -> str:
    api_key, plaintext = issue_api_key(merchant=merchant, label="revoked", actor=ACTOR, now=now)
    revoke_api_key(prefix=api_key.prefix, actor=ACTOR, now=now)
    return plaintext


def expired_key(merchant: Merchant, *, now: datetime) -> str:
    yesterday = now - timedelta(days=1)
    _, plaintext = issue_api_key(merchant=merchant, label="expired", expires_at=yesterday, actor=ACTOR, now=now)
    return plaintext


def _connect_to_sandbox(merchant: Merchant, now: datetime) -> None:
    from invoices.sandbox.accounts import new_account_credentials, register_account  # not installed in production

    base_url = f"{settings.PUBLIC_BASE_URL}/sandbox"
    if merchant.gateway_accounts.current().filter(base_url=base_url).exists():
        return
    credentials = new_account_credentials()
    register_account(
        merchant_code=credentials.merchant_code,
        access_code=credentials.access_code,
        secret_key=credentials.secret_key,
        iv_key=credentials.iv_key,
        currency=merchant.currency,
        return_url=return_url(merchant),
        webhook_url=webhook_url(merchant),
    )
    account = GatewayAccount(
        merchant=merchant,
        base_url=base_url,
        payment_base_url=base_url,
        merchant_code=credentials.merchant_code,
        access_code=credentials.access_code,
        secret_key=credentials.secret_key,
        iv_key=credentials.iv_key,
        currency=merchant.currency,
    )
    open_account(account=account, allow_private=True, actor=ACTOR, now=now)
