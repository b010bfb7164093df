"""An owner tries the gateway account out, and is told in words what is wrong with it."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from billing.models import Event, Role
from invoices.models import GatewayAccount
from invoices.sandbox.models import FaultKind, SandboxCall, SandboxInvoice
from invoices.sandbox.models.fault import AppliesTo
from tests.factories import make_merchant
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(shop: SandboxedMerchant) -> Client:
    return signed_in(make_staff(shop.merchant))


def press(client: Client, shop: SandboxedMerchant) -> Any:
    return client.post(f"/admin/invoices/gatewayaccount/{shop.account.pk}/do/test-connection/", follow=True)


def outcomes() -> list[str]:
    return list(Event.objects.filter(name__startswith="connection_").order_by("pk").values_list("name", flat=True))


def change(shop: SandboxedMerchant, **values: Any) -> None:
    for name, value in values.items():
        setattr(shop.account, name, value)
    shop.account.save()


def test_a_right_account_is_accepted_and_nothing_comes_of_the_call(shop: SandboxedMerchant, owner: Client) -> None:
    page = press(owner, shop)

    assert told(page) == ["The gateway answers and accepts this account. Invoices can be sent."]
    assert outcomes() == ["connection_tested", "connection_accepted"]
    assert [call.operation for call in SandboxCall.objects.all()] == ["ENQUIRE"]
    assert not SandboxInvoice.objects.exists()
    assert shop.messages() == []


@pytest.mark.parametrize(
    ("wrong", "told_words"),
    [
        ({"access_code": "somebody-elses"}, "refuses this account"),
        ({"secret_key": "x" * 32}, "do not understand each other"),
        ({"iv_key": "y" * 16}, "do not understand each other"),
    ],
)
def test_wrong_credentials_are_told_apart(
    wrong: dict[str, str], told_words: str, shop: SandboxedMerchant, owner: Client
) -> None:
    change(shop, **wrong)

    page = press(owner, shop)

    assert told_words in told(page)[0]
    assert GatewayAccount.objects.get().parked_at is None
    assert not any(value in page.content.decode() for value in wrong.values())


def test_an_address_where_nobody_listens_is_unreachable(shop: SandboxedMerchant, owner: Client) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        change(shop, base_url=f"http://127.0.0.1:{taken.getsockname()[1]}")

        page = press(owner, shop)

    assert "No answer came from the gateway" in told(page)[0]
    assert outcomes() == ["connection_tested", "connection_unreachable"]


def test_a_gateway_that_says_nothing_is_given_up_at_the_deadline(
    shop: SandboxedMerchant, owner: Client, sandbox_settings: Any
) -> None:
    sandbox_settings.GATEWAY_DEADLINE = 0.5
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        change(shop, base_url=f"http://127.0.0.1:{silent.getsockname()[1]}")

        page = press(owner, shop)

    assert "No answer came from the gateway" in told(page)[0]


@pytest.mark.parametrize(
    ("fault", "told_words"),
    [
        (FaultKind.GARBAGE, "do not understand each other"),
        (FaultKind.WRONG_KEY, "do not understand each other"),
        (FaultKind.UNAUTHORIZED, "refuses this account"),
        (FaultKind.TOO_MANY, "cannot answer now"),
        (FaultKind.REFUSED_500, "cannot answer now"),
    ],
)
def test_what_the_gateway_answers_is_put_in_words(
    fault: FaultKind, told_words: str, shop: SandboxedMerchant, owner: Client, sandbox_settings: Any
) -> None:
    sandbox_settings.GATEWAY_DEADLINE = 20.0
    shop.fault(fault, applies_to=AppliesTo.ALL)

    page = press(owner, shop)

    assert told_words in told(page)[0]


@pytest.mark.parametrize("path", ["/admin", "/nowhere"])
def test_a_website_at_the_address_is_not_taken_for_a_gateway(
    path: str, shop: SandboxedMerchant, owner: Client, live_server: Any
) -> None:
    change(shop, base_url=f"{live_server.url}{path}")

    assert "do not understand each other" in told(press(owner, shop))[0]


def test_a_second_click_asks_nobody(shop: SandboxedMerchant, owner: Client) -> None:
    press(owner, shop)

    assert "Wait a little" in told(press(owner, shop))[0]

    assert SandboxCall.objects.count() == 1
    Event.objects.update(occurred_at=F("occurred_at") - timedelta(seconds=31))
    assert "accepts" in told(press(owner, shop))[0]
    assert SandboxCall.objects.count() == 2


def test_a_parked_account_can_be_tested_before_it_is_called_again(shop: SandboxedMerchant, owner: Client) -> None:
    change(shop, parked_at=shop.account.created_at)

    assert "Call it again" in told(press(owner, shop))[0]

    assert GatewayAccount.objects.get().parked_at is not None


def test_a_closed_account_and_one_that_cannot_be_asked_are_not_called(shop: SandboxedMerchant, owner: Client) -> None:
    change(shop, can_enquire=False)

    assert "no harmless way" in told(press(owner, shop))[0]

    assert (SandboxCall.objects.count(), outcomes()) == (0, [])


def test_managers_and_strangers_cannot_test_it(shop: SandboxedMerchant) -> None:
    manager = signed_in(make_staff(shop.merchant, Role.MANAGER, username="manager"))
    stranger = signed_in(make_staff(make_merchant("elsewhere"), username="stranger"))

    assert (press(manager, shop).status_code, press(stranger, shop).status_code) == (403, 404)

    assert (SandboxCall.objects.count(), outcomes()) == (0, [])
