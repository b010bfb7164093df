"""New keys for a closed account whose own were lost: only its own, and then its open invoices are asked about again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.clock import database_now
from billing.models import Event
from invoices.models import GatewayAccount, Invoice
from invoices.models.gateway_account import SECRETS
from invoices.sandbox.accounts import new_account_credentials, register_account
from invoices.sandbox.models import SandboxCall
from invoices.services.accounts import park_account, replace_account
from invoices.services.enquiries.errands import POLL, run_errands
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db(transaction=True)

STORED = "The keys are this account's and are stored. Its open invoices are asked about again."


@pytest.fixture
def owner(shop: SandboxedMerchant, sent: Invoice, sandbox_settings: Any) -> Client:
    """Of a merchant whose closed account has an open invoice and keys that nothing opens any more."""
    replace_account(merchant_id=shop.merchant.pk, account_id=shop.account.pk, actor="test", now=database_now())
    sandbox_settings.FIELD_ENCRYPTION_KEYS = ["another-key-of-thirty-two-characters"]
    return signed_in(make_staff(shop.merchant))


def page_of(shop: SandboxedMerchant) -> str:
    return f"/admin/invoices/gatewayaccount/{shop.account.pk}/"


def enter(client: Client, shop: SandboxedMerchant, **keys: str) -> Any:
    Event.objects.filter(name="connection_tested").delete()  # as half a minute later
    entered = {name: getattr(shop.account, name) for name in SECRETS if getattr(shop.account, name)} | keys
    return client.post(f"{page_of(shop)}do/renew-keys/", entered, follow=True)


def sealed(shop: SandboxedMerchant) -> list[Any]:
    return list(GatewayAccount.objects.filter(pk=shop.account.pk).values_list(*SECRETS, "parked_at"))


def another_account(shop: SandboxedMerchant, merchant_code: str = "") -> dict[str, str]:
    """At the same gateway."""
    other = new_account_credentials()
    codes = {name: str(getattr(other, name)) for name in ("access_code", "secret_key", "iv_key")}
    address = {"return_url": "", "webhook_url": ""}
    register_account(
        merchant_code=merchant_code or other.merchant_code, currency=shop.merchant.currency, **codes, **address
    )
    return codes


def test_the_accounts_own_keys_make_its_invoices_payable_and_nothing_new_goes_through_it(
    shop: SandboxedMerchant, sent: Invoice, owner: Client, policy: Any
) -> None:
    assert "Enter the keys of this same account again" in owner.get(f"{page_of(shop)}change/").content.decode()
    shop.customer_pays(sent)
    Invoice.objects.filter(pk=sent.pk).update(next_poll_at=database_now())
    run_errands(POLL, account_id=shop.account.pk, policy=policy)
    assert GatewayAccount.objects.get(pk=shop.account.pk).parked_at is not None

    page = enter(owner, shop)

    assert told(page) == [STORED]
    assert not any(getattr(shop.account, name) in page.content.decode() for name in ("secret_key", "iv_key"))
    account = GatewayAccount.objects.get(pk=shop.account.pk)
    assert (account.secret_key, account.parked_at) == (shop.account.secret_key, None)
    assert account.replaced_at is not None
    assert Event.objects.filter(name="keys_renewed", subject_id=account.pk).count() == 1
    Invoice.objects.filter(pk=sent.pk).update(next_poll_at=database_now())
    assert run_errands(POLL, account_id=account.pk, policy=policy) == 1
    sent.refresh_from_db()
    assert sent.status == Invoice.Status.PAID

    make_bill(shop.merchant, customer_phone="0770000099", amount=5)
    issue_due(merchant=shop.merchant, now=database_now())
    shop.push()
    assert Invoice.objects.exclude(pk=sent.pk).get().delivery == "NEW"
    assert "Only a closed account whose keys are lost" in told(enter(owner, shop))[0]


def test_another_accounts_keys_and_wrong_ones_are_refused_and_nothing_is_stored(
    shop: SandboxedMerchant, owner: Client
) -> None:
    before = sealed(shop)

    assert "refuses this account" in told(enter(owner, shop, **another_account(shop)))[0]
    of_same_code = another_account(shop, shop.account.merchant_code)
    assert "They belong to another one" in told(enter(owner, shop, **of_same_code))[0]
    assert "do not understand each other" in told(enter(owner, shop, iv_key="y" * 16))[0]
    malformed = enter(owner, shop, iv_key="short")
    assert malformed.context["form"].errors

    assert sealed(shop) == before
    assert not Event.objects.filter(name__in=["keys_renewed", "connection_accepted"]).exists()
    assert [event.name for event in Event.objects.filter(name__startswith="connection_of")] == ["connection_of_another"]


def test_it_is_for_closed_accounts_with_a_known_invoice_and_for_their_own_owners(
    shop: SandboxedMerchant, sent: Invoice, owner: Client, live_server: Any
) -> None:
    stranger = make_merchant("stranger")
    in_use = connect_to_sandbox(stranger, base_url=live_server.url)
    park_account(in_use.account.pk, reason="refused", now=database_now())
    calls, before = SandboxCall.objects.count(), sealed(shop)

    assert signed_in(make_staff(stranger)).post(f"{page_of(shop)}do/renew-keys/", {}).status_code == 404
    refused = enter(signed_in(make_staff(stranger, username="other")), in_use)
    Invoice.objects.filter(pk=sent.pk).update(gateway_id="")
    unproven = enter(owner, shop)

    assert "Only a closed account" in told(refused)[0]
    assert "nothing can show that the keys belong to it" in told(unproven)[0]
    assert (SandboxCall.objects.count(), sealed(shop)) == (calls, before)
