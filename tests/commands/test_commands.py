"""The commands operators and scripts rely on: JSON out, clear refusals, nothing half done."""

from __future__ import annotations

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from billing.models import ApiKey, Bill, Customer, Merchant, WebhookEndpoint
from billing.services import InvalidApiKey, authenticate_api_key
from invoices.models import GatewayAccount, Invoice
from subscriptions.models import Installment, Subscription
from tests.factories import make_merchant, make_subscription

pytestmark = pytest.mark.django_db

GATEWAY = {
    "baseUrl": "http://127.0.0.1:9009",
    "merchantCode": "842217",
    "accessCode": "c333729b-d060-4b74-a49d-7686a8353481",
    "secretKey": "PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg",
    "ivKey": "5NVdrlPVNnjo2Jy9",
    "currency": "JOD",
}


def run(*arguments: str) -> Any:
    printed = StringIO()
    call_command(*arguments, stdout=printed)
    return json.loads(printed.getvalue())


@pytest.fixture
def gateway_file(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.json"
    path.write_text(json.dumps(GATEWAY))
    return path


def test_a_merchant_comes_with_a_key_that_opens_its_api(gateway_file: Path) -> None:
    answer = run(
        *("create_merchant", "water-co", "--name", "Water", "--channel", "WHATSAPP", "--bills-per-hour", "0"),
        *("--gateway", str(gateway_file)),
    )

    merchant = Merchant.objects.get()
    assert list(answer) == ["username", "apiKey"]
    api_key = authenticate_api_key(username="water-co", plaintext=answer["apiKey"], now=timezone.now())
    assert api_key.merchant == merchant
    assert (merchant.name_en, merchant.channel, merchant.bills_per_hour) == ("Water", "WHATSAPP", 0)
    account = GatewayAccount.objects.get()
    assert (account.secret_key, account.payment_base_url) == (GATEWAY["secretKey"], GATEWAY["baseUrl"])


def test_no_secret_of_the_gateway_is_stored_in_clear(gateway_file: Path) -> None:
    run("create_merchant", "water-co", "--gateway", str(gateway_file))

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_code, secret_key, iv_key FROM invoices_gatewayaccount")
        stored = cursor.fetchone()
    assert not set(stored) & {GATEWAY["accessCode"], GATEWAY["secretKey"], GATEWAY["ivKey"]}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"baseUrl": ""}, "Missing: baseUrl"),
        ({"surprise": 1}, "Unknown: surprise"),
        ({"currency": "KWD"}, "currency"),
        ({"secretKey": "short"}, "32"),
        ({"baseUrl": "ftp://gateway.example"}, "not an address"),
    ],
)
def test_a_bad_gateway_creates_nothing(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = tmp_path / "gateway.json"
    path.write_text(json.dumps(GATEWAY | changes))

    with pytest.raises(CommandError, match=says):
        run("create_merchant", "water-co", "--gateway", str(path))

    assert not Merchant.objects.exists()


@pytest.mark.parametrize("base_url", ["http://gateway.example", "https://127.0.0.1", "https://localhost:8443"])
def test_plain_http_and_loopback_gateways_need_a_setting(gateway_file: Path, settings: Any, base_url: str) -> None:
    settings.GATEWAY_ALLOW_PRIVATE = False
    gateway_file.write_text(json.dumps(GATEWAY | {"baseUrl": base_url}))

    with pytest.raises(CommandError, match="GATEWAY_ALLOW_PRIVATE"):
        run("create_merchant", "water-co", "--gateway", str(gateway_file))

    assert not Merchant.objects.exists()


@pytest.mark.parametrize("username", ["ab", "Water", "admin", "-water", "water co", "w" * 33])
def test_a_name_no_merchant_can_have_is_refused(username: str) -> None:
    with pytest.raises(CommandError, match="3 to 32"):
        run("create_merchant", "--", username)

    assert not Merchant.objects.exists()


def test_a_name_that_is_taken_is_refused() -> None:
    make_merchant("water-co")

    with pytest.raises(CommandError):
        run("create_merchant", "water-co")

    assert Merchant.objects.count() == 1


def test_a_key_is_issued_and_revoked_by_its_prefix() -> None:
    make_merchant("water-co")
    issued = run("issue_api_key", "water-co", "--label", "second", "--expires-at", "2999-01-01")
    assert issued["apiKey"].startswith(issued["prefix"])

    run("revoke_api_key", issued["prefix"])
    run("revoke_api_key", issued["prefix"])

    with pytest.raises(InvalidApiKey):
        authenticate_api_key(username="water-co", plaintext=issued["apiKey"], now=timezone.now())
    with pytest.raises(CommandError, match="No API key"):
        run("revoke_api_key", "bk_unknown")


def test_the_demo_is_seeded_once_and_its_keys_work(tmp_path: Path) -> None:
    keys_path = tmp_path / "keys.json"

    run("seed_demo", "--merchants", "3", "--keys-out", str(keys_path))
    run("seed_demo")

    keys = json.loads(keys_path.read_text())
    now = timezone.now()
    assert [each["username"] for each in keys["merchants"]] == ["razzbery", "merchant-0002", "merchant-0003"]
    for each in keys["merchants"]:
        authenticate_api_key(username=each["username"], plaintext=each["key"], now=now)
    for refused in ("revoked", "expired"):
        with pytest.raises(InvalidApiKey):
            authenticate_api_key(username="razzbery", plaintext=keys[refused], now=now)
    with pytest.raises(InvalidApiKey):
        authenticate_api_key(username=keys["inactive"]["username"], plaintext=keys["inactive"]["key"], now=now)
    assert ApiKey.objects.filter(prefix=keys["revoked"][: keys["prefix_len"]]).exists()
    assert stat.S_IMODE(keys_path.stat().st_mode) == 0o600
    assert (Bill.objects.count(), Subscription.objects.count()) == (2, 3)
    assert Customer.objects.filter(name__startswith="ليلى").exists()


def test_the_demo_works_without_the_sandbox(settings: Any) -> None:
    settings.SANDBOX_GATEWAY = False

    run("seed_demo")
    assert run("issue_invoices")["issued"] > 0

    assert not GatewayAccount.objects.exists()
    assert set(Invoice.objects.values_list("delivery", flat=True)) == {"NEW"}


def test_installments_due_today_are_made_issued_and_counted() -> None:
    make_merchant("water-co")

    assert run("seed_due", "7", "--merchant", "water-co") == {"username": "water-co", "installments": 7}
    assert run("issue_invoices", "--merchant", "water-co") == {"issued": 7}
    assert run("issue_invoices") == {"issued": 0}

    assert Installment.objects.filter(status="INVOICED").count() == 7
    assert run("counts") == {
        "bills": 0,
        "subscriptions": 7,
        "installments": 7,
        "invoices": 7,
        "unknown": 0,
        "payments": 0,
    }
    Invoice.objects.filter(number__endswith="1").update(delivery="PARKED")
    assert run("counts", "--unknown") == 1


def test_issuing_as_of_a_later_day_invoices_what_is_due_by_then() -> None:
    merchant = make_merchant("water-co", issue_days_ahead=0)
    plan = make_subscription(merchant)
    third = plan.installments.get(sequence=3)

    assert run("issue_invoices", "--as-of", third.due_date.isoformat()) == {"issued": 3}


def test_a_dry_run_of_issuing_tells_what_would_happen_and_changes_nothing() -> None:
    merchant = make_merchant("water-co", issue_days_ahead=0)
    plan = make_subscription(merchant)
    fifth = plan.installments.get(sequence=5)

    would = run("issue_invoices", "--as-of", fifth.due_date.isoformat(), "--dry-run")

    assert would == {"merchants": {"water-co": {"issued": 1, "amount": "100.000", "held": 4, "skipped": 0}}}
    assert not Invoice.objects.exists()
    assert not Installment.objects.exclude(hold="").exists()


def test_rotated_field_keys_open_what_older_ones_wrote_and_what_none_opens_is_named(
    gateway_file: Path, settings: Any
) -> None:
    older, newer = ["old-key-of-thirty-two-characters-"], ["new-key-of-thirty-two-characters-"]
    settings.FIELD_ENCRYPTION_KEYS = ["lost-key-of-thirty-two-characters"]
    lost = WebhookEndpoint.objects.create(merchant=make_merchant("lost"), url="https://lost.example", secret="lost")
    settings.FIELD_ENCRYPTION_KEYS = older
    run("create_merchant", "water-co", "--gateway", str(gateway_file))
    WebhookEndpoint.objects.filter(pk=lost.pk).update(previous_secret="before")
    secrets = {"secret": "whsec_now", "previous_secret": "whsec_before"}
    endpoint = WebhookEndpoint.objects.create(
        merchant=Merchant.objects.get(username="water-co"), url="https://shop.example", **secrets
    )

    settings.FIELD_ENCRYPTION_KEYS = newer + older
    assert run("rotate_field_keys") == {
        "rotated": {"billing.WebhookEndpoint": 3, "invoices.GatewayAccount": 3},
        "unreadable": [f"billing.WebhookEndpoint {lost.pk}: secret"],
    }

    settings.FIELD_ENCRYPTION_KEYS = newer
    assert GatewayAccount.objects.get().secret_key == GATEWAY["secretKey"]
    assert {name: getattr(WebhookEndpoint.objects.get(pk=endpoint.pk), name) for name in secrets} == secrets
    assert WebhookEndpoint.objects.get(pk=lost.pk).previous_secret == "before"
