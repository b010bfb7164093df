"""Gateway accounts: their secrets go in and never come out."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from billing.models import Event, Merchant, Role
from invoices.models import GatewayAccount
from invoices.services.accounts import unpark_account
from invoices.services.issuing import issue_due
from tests.billing.admin.meanwhile import written_meanwhile
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import make_account
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

LIST = "/admin/invoices/gatewayaccount/"
NEW_KEYS = {"access_code": "access-brand-new", "secret_key": "n" * 32, "iv_key": "v" * 16}


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


def form_of(**changes: Any) -> dict[str, Any]:
    address = "https://gateway.example.com"
    return {
        "base_url": address,
        "payment_base_url": address,
        "merchant_code": "842217",
        "currency": "JOD",
        "link_hosts": "",
        "pay_types": "",
        "can_enquire": "on",
        "pay_types_as_array": "on",
        "country_code_with_plus": "on",
    } | changes


def secrets_of(account: GatewayAccount) -> list[str]:
    return [account.access_code, account.secret_key, account.iv_key, account.login_password or "panel-passphrase"]


def test_an_account_is_set_up_and_its_secrets_are_nowhere_to_be_seen(merchant: Merchant, owner: Client) -> None:
    form = form_of(merchant=merchant.pk, login_username="u", login_password="panel-passphrase", **NEW_KEYS)

    response = owner.post(f"{LIST}add/", form | {"link_hosts": "*.pay.example\nother.example"})

    account = GatewayAccount.objects.get()
    assert response.status_code == 302
    assert (account.secret_key, account.link_hosts) == ("n" * 32, ["*.pay.example", "other.example"])
    pages = [owner.get(f"{LIST}{path}").content.decode() for path in ("", f"{account.pk}/change/")]
    pages.append(owner.get(f"{LIST}{account.pk}/history/").content.decode())
    pages += [str(list(Event.objects.values())), str(list(LogEntry.objects.values()))]
    for secret in secrets_of(account):
        assert not any(secret in page for page in pages)


def test_a_refused_form_does_not_give_the_secrets_back(merchant: Merchant, owner: Client) -> None:
    response = owner.post(f"{LIST}add/", form_of(merchant=merchant.pk, base_url="nonsense", **NEW_KEYS))

    assert response.status_code == 200
    assert not any(secret in response.content.decode() for secret in NEW_KEYS.values())


def test_empty_secrets_keep_the_stored_ones_and_new_ones_are_logged_by_name(merchant: Merchant, owner: Client) -> None:
    account = make_account(merchant, "old")
    form = form_of(base_url=account.base_url, payment_base_url=account.payment_base_url, merchant_code="code-old")

    owner.post(f"{LIST}{account.pk}/change/", form | {"secret_key": "n" * 32})

    account.refresh_from_db()
    assert (account.secret_key, account.access_code) == ("n" * 32, "access-old")
    event = Event.objects.get(subject=Event.Subject.GATEWAY_ACCOUNT)
    assert (event.name, event.details) == ("changed", {"fields": ["secret_key"]})
    assert "n" * 32 not in LogEntry.objects.get().change_message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("secret_key", "short"),
        ("iv_key", "مفتاح"),
        ("base_url", "ftp://x"),
        ("base_url", "nonsense"),
        ("currency", "KWD"),
    ],
)
def test_what_cannot_work_is_refused(field: str, value: str, merchant: Merchant, owner: Client) -> None:
    response = owner.post(f"{LIST}add/", form_of(merchant=merchant.pk, **NEW_KEYS) | {field: value})

    assert response.context["adminform"].form.errors
    assert not GatewayAccount.objects.exists()


def test_a_second_account_has_to_replace_the_first(merchant: Merchant, owner: Client) -> None:
    account = make_account(merchant, "first")
    form = form_of(merchant=merchant.pk, **NEW_KEYS)

    assert "merchant" in owner.post(f"{LIST}add/", form).context["adminform"].form.errors
    closed = owner.post(f"{LIST}{account.pk}/do/replace/", follow=True)
    assert told(closed) == ["The account is closed. Add the next one now."]
    assert owner.post(f"{LIST}add/", form).status_code == 302

    assert [each.merchant_code for each in GatewayAccount.objects.current()] == ["842217"]
    assert owner.post(f"{LIST}{account.pk}/change/", form).status_code == 403


def test_an_account_with_invoices_keeps_its_address_code_and_keys(merchant: Merchant, owner: Client) -> None:
    account = make_account(merchant, "used")
    make_bill(merchant)
    issue_due(merchant=merchant, now=merchant.created_at)

    owner.post(f"{LIST}{account.pk}/change/", form_of(**NEW_KEYS, concurrency_limit=3))

    account.refresh_from_db()
    assert (account.merchant_code, account.secret_key[:6], account.concurrency_limit) == ("code-used", "secret", 3)
    assert account.base_url == "https://used.example.com"


def test_keys_the_gateway_refuses_can_be_put_right_and_the_account_is_called_again(
    merchant: Merchant, owner: Client
) -> None:
    account = make_account(merchant, "parked", parked_at="2026-01-01T00:00Z", parked_reason="Authentication failed.")
    make_bill(merchant)
    issue_due(merchant=merchant, now=merchant.created_at)
    page = owner.get(f"{LIST}{account.pk}/change/").content.decode()
    assert "Authentication failed." in page

    owner.post(f"{LIST}{account.pk}/change/", form_of(access_code="right-this-time"))
    unparked = owner.post(f"{LIST}{account.pk}/do/unpark/", follow=True)

    account.refresh_from_db()
    assert told(unparked)[-1] == "The gateway account is called again."
    assert (account.access_code, account.parked_at) == ("right-this-time", None)
    assert account.merchant_code == "code-parked"


def test_the_addresses_for_the_gateways_panel_are_there_to_copy(merchant: Merchant, owner: Client) -> None:
    page = owner.get(f"{LIST}{make_account(merchant, 'plain').pk}/change/").content.decode()

    assert "/razzbery/gateway/return" in page
    assert "/razzbery/gateway/webhook" in page


def test_who_only_looks_reads_lists_and_no_brackets(merchant: Merchant) -> None:
    account = make_account(merchant, "mine", link_hosts=["*.pay.example", "other.example"])
    auditor = signed_in(make_staff(merchant, Role.AUDITOR))

    page = auditor.get(f"{LIST}{account.pk}/change/").content.decode()

    assert "*.pay.example, other.example" in page
    assert "None: the gateway&#x27;s own choice" in page
    assert ">[]<" not in page


def test_saving_settings_undoes_nothing_that_workers_wrote_meanwhile(merchant: Merchant, owner: Client) -> None:
    account = make_account(merchant, "busy")
    meanwhile = {"parked_at": merchant.created_at, "paced_until": merchant.created_at, "consecutive_failures": 7}

    with written_meanwhile(account, meanwhile):
        answer = owner.post(f"{LIST}{account.pk}/change/", form_of(merchant_code="other", concurrency_limit=3))

    account = GatewayAccount.objects.get()
    assert (answer.status_code, account.concurrency_limit, account.merchant_code) == (302, 3, "other")
    assert {name: getattr(account, name) for name in meanwhile} == meanwhile


def test_only_its_own_merchants_staff_have_an_account_called_again(merchant: Merchant) -> None:
    account = make_account(merchant, "parked", parked_at=merchant.created_at)
    stranger = make_merchant("stranger")

    with pytest.raises(GatewayAccount.DoesNotExist):
        unpark_account(merchant_id=stranger.pk, account_id=account.pk, actor="user:1")

    account.refresh_from_db()
    assert account.parked_at is not None
    assert not Event.objects.exists()
