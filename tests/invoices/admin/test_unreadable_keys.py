"""Keys that FIELD_ENCRYPTION_KEYS opens no more: the office goes on, and it is where they are entered again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Event, Merchant, WebhookEndpoint
from invoices.audit.at_gateways import one_at_the_gateway
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice, Payment
from invoices.services.enquiries.errands import POLL, run_errands
from tests.invoices.admin.rows import Rows, make_rows
from tests.invoices.admin.walk import SCREENS, addresses_of, url
from tests.staff import signed_in, told

pytestmark = pytest.mark.django_db

LIST = "/admin/invoices/gatewayaccount/"
AGAIN = "keys cannot be read"
KEYS = {"access_code": "access-brand-new", "secret_key": "n" * 32, "iv_key": "v" * 16}
SETTINGS = {"can_enquire": "on", "pay_types_as_array": "on", "country_code_with_plus": "on"}


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.fixture
def owner(rows: Rows, settings: Any) -> Client:
    """From now on no key opens what is stored."""
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-of-thirty-two-characters"]
    settings.ADMIN_REQUIRES_OTP = False
    return signed_in(rows.merchant.memberships.get().user)


@pytest.fixture
def sent(rows: Rows) -> Invoice:
    account = rows.of[GatewayAccount]
    out = {"delivery": "SENT", "sent_at": timezone.now(), "gateway_id": "7", "next_poll_at": timezone.now()}
    Invoice.objects.filter(pk=rows.invoice.pk).update(gateway_account=account, attempts=1, **out)
    return rows.invoice


def change_url(rows: Rows) -> str:
    return f"{LIST}{rows.of[GatewayAccount].pk}/change/"


def test_every_page_of_the_office_opens(rows: Rows, owner: Client) -> None:
    near = {GatewayAccount, Invoice, WebhookEndpoint}
    near |= {model for model, _ in SCREENS if near & {field.related_model for field in model._meta.get_fields()}}
    pages = ["/admin/", *(url(model, "changelist") for model in near)]
    pages += [url(model, "change", rows.of[model].pk) for model in near - {GatewayAccount}]
    pages += [*addresses_of(GatewayAccount, admin.site._registry[GatewayAccount], rows)]

    answers = {page: owner.get(page).status_code for page in pages}

    assert {Merchant, Bill, Payment} < near
    assert list(answers.values()).count(200) > 30
    assert "Parked" not in owner.get(f"/admin/billing/merchant/{rows.merchant.pk}/change/").content.decode()


def test_settings_are_kept_only_with_all_keys_entered_again(rows: Rows, owner: Client) -> None:
    page = owner.get(change_url(rows)).content.decode()
    assert AGAIN in page
    assert 'name="secret_key"' in page

    refused = owner.post(change_url(rows), SETTINGS | KEYS | {"iv_key": "", "concurrency_limit": 3})
    assert set(refused.context["adminform"].form.errors) == {"iv_key"}
    assert GatewayAccount.objects.get().concurrency_limit is None
    assert owner.post(change_url(rows), SETTINGS | KEYS | {"concurrency_limit": 3}).status_code == 302

    account = GatewayAccount.objects.get()
    assert {name: getattr(account, name) for name in KEYS} == KEYS
    assert account.concurrency_limit == 3
    assert AGAIN not in owner.get(change_url(rows)).content.decode()


def test_a_closed_account_is_seen_and_one_can_be_closed(rows: Rows, owner: Client) -> None:
    answer = owner.post(f"{LIST}{rows.of[GatewayAccount].pk}/do/replace/", follow=True)

    assert told(answer) == ["The account is closed. Add the next one now."]
    assert GatewayAccount.objects.get().replaced_at is not None


def test_whatever_needs_a_call_says_that_the_keys_are_to_be_entered_again(
    rows: Rows, owner: Client, sent: Invoice
) -> None:
    cash = {"method": "CASH", "amount": str(rows.bill.amount), "owed": str(rows.bill.amount), "note": ""}
    acts = {
        f"{LIST}{rows.of[GatewayAccount].pk}/do/test-connection/": {},
        f"/admin/invoices/invoice/{sent.pk}/do/resend/": {},
        f"/admin/invoices/invoice/{sent.pk}/do/ask/": {},
        f"/admin/billing/bill/{rows.bill.pk}/do/record-payment/": cash,
    }

    for address, form in acts.items():
        (message,) = told(owner.post(address, form, follow=True))
        assert AGAIN in message, address

    assert not Event.objects.filter(name__startswith="connection_").exists()
    assert not DeliveryAttempt.objects.filter(action="RESEND").exists()
    assert not Payment.objects.filter(method="CASH").exists()
    assert Invoice.objects.get(pk=sent.pk).last_asked_at is None
    rows.bill.refresh_from_db()
    assert rows.bill.amount_paid == Decimal(0)


def test_workers_park_the_account_and_the_audit_says_whom_it_could_not_ask(
    rows: Rows, owner: Client, sent: Invoice, policy: Any
) -> None:
    (difference,) = one_at_the_gateway(now=timezone.now())
    assert (difference.subject_id, difference.problem) == (sent.pk, "the gateway could not be asked")

    assert run_errands(POLL, account_id=rows.of[GatewayAccount].pk, policy=policy) == 0

    account = GatewayAccount.objects.get()
    assert account.parked_at is not None
    assert "FIELD_ENCRYPTION_KEYS" in account.parked_reason


def test_a_webhooks_lost_secret_is_replaced_by_a_new_one(rows: Rows, owner: Client) -> None:
    endpoint = rows.of[WebhookEndpoint]

    page = owner.post(f"/admin/billing/webhookendpoint/{endpoint.pk}/do/renew-secret/")

    fresh = WebhookEndpoint.objects.get()
    assert fresh.secret in page.content.decode()
    assert (fresh.previous_secret, fresh.previous_secret_until) == ("", None)
