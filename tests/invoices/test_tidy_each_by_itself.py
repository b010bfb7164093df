"""What tidying cannot do for one invoice, or in one of its steps, keeps nothing else from being done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.signals import pre_delete, pre_save

from billing.clock import database_now
from billing.idempotency import REMEMBERED_FOR
from billing.models import Bill, IdempotencyKey
from invoices.models import GatewayAccount, GatewayCallback, Invoice
from invoices.services import sweeps
from invoices.services.outdated import compare_all
from tests.factories import make_bill, make_merchant
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db

Status = Invoice.Status


@pytest.fixture
def shops(sandbox_settings: Any) -> list[SandboxedMerchant]:
    """Two with an open invoice each; nobody can write the first one's."""
    shops = [connect_to_sandbox(make_merchant(name), base_url="http://127.0.0.1:9") for name in ("aaa", "zzz")]
    for shop in shops:
        make_bill(shop.merchant)
        shop.issue()
    return shops


@pytest.fixture
def _first_cannot_be_written(shops: list[SandboxedMerchant]) -> Iterator[None]:
    def refuse(instance: Invoice, **_kwargs: object) -> None:
        if instance.merchant_id == shops[0].merchant.pk:
            raise OSError

    pre_save.connect(refuse, sender=Invoice)
    yield
    pre_save.disconnect(refuse, sender=Invoice)


def _statuses() -> list[str]:
    return list(Invoice.objects.order_by("merchant__username").values_list("status", flat=True))


@pytest.mark.usefixtures("_first_cannot_be_written")
def test_the_other_is_cancelled() -> None:
    now = database_now()
    Invoice.objects.update(cancel_requested_at=now, cancel_reason=Invoice.CancelReason.BY_STAFF, next_cancel_at=now)

    assert sweeps.tidy(now=now)["cancelled"] == 1

    assert _statuses() == [Status.OPEN, Status.CANCELLED]


@pytest.mark.usefixtures("_first_cannot_be_written")
def test_the_other_expires() -> None:
    now = database_now()
    GatewayAccount.objects.update(parked_at=now, parked_reason="revoked")
    Invoice.objects.update(delivery=Invoice.Delivery.SENT, sent_at=now, expires_on=now.date() - timedelta(days=4))

    assert sweeps.tidy(now=now)["expired"] == 1

    assert _statuses() == [Status.OPEN, Status.EXPIRED]


@pytest.mark.usefixtures("_first_cannot_be_written")
def test_the_other_is_compared_with_what_is_owed() -> None:
    Bill.objects.update(status=Bill.Status.CANCELLED, cancelled_at=database_now())

    assert compare_all(now=database_now()) == 1

    assert _statuses() == [Status.OPEN, Status.CANCELLED]


def test_a_step_that_fails_keeps_no_other_from_its_work(shops: list[SandboxedMerchant]) -> None:
    now = database_now()
    merchant = shops[0].merchant
    IdempotencyKey.objects.create(
        merchant=merchant, endpoint="bills", key="k", body_digest="d", created_at=now - 2 * REMEMBERED_FOR
    )
    Invoice.objects.update(cancel_requested_at=now, cancel_reason=Invoice.CancelReason.BY_STAFF, next_cancel_at=now)
    GatewayCallback.objects.create(
        merchant=merchant,
        kind=GatewayCallback.Kind.WEBHOOK,
        payload=b"",
        state=GatewayCallback.State.IGNORED,
        received_at=now - timedelta(days=3),
    )

    def refuse(**_kwargs: object) -> None:
        raise OSError

    pre_delete.connect(refuse, sender=IdempotencyKey)
    try:
        done = sweeps.tidy(now=now)
    finally:
        pre_delete.disconnect(refuse, sender=IdempotencyKey)

    assert (done["cancelled"], done["callbacks_forgotten"], done["idempotency_keys_forgotten"]) == (2, 1, 0)
    assert sweeps.tidy(now=now)["idempotency_keys_forgotten"] == 1
