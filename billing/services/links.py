"""Where a customer pays, and where they find all that is open."""

from __future__ import annotations

from django.conf import settings

from billing.models import Customer
from billing.payment_links import LinkKind, LinkTarget, sign_link


def payment_url(*, merchant_username: str, kind: LinkKind, payable_id: int, version: int) -> str:
    """The page of a bill or installment. It outlives re-issued invoices; another version is another page."""
    target = LinkTarget(kind=kind, subject_id=payable_id, version=version)
    token = sign_link(target, username=merchant_username, key=settings.PAYMENT_LINK_KEY)
    return f"{settings.PUBLIC_BASE_URL}/{merchant_username}/pay/{token}"


def customer_url(*, merchant_username: str, customer: Customer) -> str:
    """The customer's permanent page. Whoever has the address may see it, until the link is renewed."""
    target = LinkTarget(kind=LinkKind.CUSTOMER, subject_id=customer.pk, version=customer.link_version)
    token = sign_link(target, username=merchant_username, key=settings.PAYMENT_LINK_KEY)
    return f"{settings.PUBLIC_BASE_URL}/{merchant_username}/c/{token}"
