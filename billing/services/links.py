"""Where a customer pays."""

from __future__ import annotations

from django.conf import settings

from billing.payment_links import LinkTarget, PayableKind, sign_link


def payment_url(*, merchant_username: str, kind: PayableKind, payable_id: int, version: int) -> str:
    """The page of a bill or installment. It outlives re-issued invoices; another version is another page."""
    target = LinkTarget(kind=kind, payable_id=payable_id, version=version)
    token = sign_link(target, username=merchant_username, key=settings.PAYMENT_LINK_KEY)
    return f"{settings.PUBLIC_BASE_URL}/{merchant_username}/pay/{token}"
