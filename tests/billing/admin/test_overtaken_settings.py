"""A form of settings that lay open neither undoes nor overwrites unseen what somebody else has saved meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.test import Client

from billing.models import Event, Merchant, Role
from tests.billing.admin.test_merchants import settings_of
from tests.factories import make_merchant
from tests.invoices.admin.rows import make_account
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def shown_by(client: Client, address: str) -> str:
    shown: str = client.get(address).context["adminform"].form.values_shown
    return shown


def errors_of(answer: Any) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in answer.context["adminform"].form.errors.items()}


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(link_valid_days=30, channel="SMS", falls_back=True)


def test_only_what_both_changed_is_refused_with_who_did_it_and_what_is_typed_stays(merchant: Merchant) -> None:
    address = f"/admin/billing/merchant/{merchant.pk}/change/"
    rana = make_staff(merchant, Role.MANAGER, username="rana", first_name="Rana")
    owner = signed_in(make_staff(merchant))
    opened, before = shown_by(owner, address), settings_of(merchant)
    hers = before | {"link_valid_days": 20, "name_en": "Razzbery 2", "messages_per_day": 9}
    hers.pop("falls_back")
    assert signed_in(rana).post(address, hers).status_code == 302
    mine = (
        before
        | {"second_person_above": "0"}
        | {"link_valid_days": 10, "channel": "EMAIL", "messages_per_day": "many", "values_shown": opened}
    )

    refused = owner.post(address, mine)

    merchant.refresh_from_db()
    assert (merchant.link_valid_days, merchant.channel, merchant.messages_per_day) == (20, "SMS", 9)
    errors = errors_of(refused)
    assert set(errors) == {"link_valid_days", "messages_per_day"}
    assert "Changed by \u2068Rana\u2069 meanwhile" in errors["link_valid_days"][0]
    assert "from \u206830\u2069 to \u206820\u2069" in errors["link_valid_days"][0]
    form = refused.context["adminform"].form
    assert [form[name].value() for name in ("link_valid_days", "channel", "name_en", "falls_back")] == [
        "10",
        "EMAIL",
        "Razzbery 2",
        False,
    ]

    again = {name: form[name].value() for name in mine if name in form.fields} | {"messages_per_day": 5}
    again.pop("falls_back")
    told_now = owner.post(address, again | {"values_shown": form.values_shown})

    # What was wrong in itself hid that she had changed it too.
    assert list(errors_of(told_now)) == ["messages_per_day"]
    shown = told_now.context["adminform"].form.values_shown
    assert owner.post(address, again | {"values_shown": shown}).status_code == 302
    merchant.refresh_from_db()
    assert (merchant.link_valid_days, merchant.channel, merchant.name_en) == (10, "EMAIL", "Razzbery 2")
    assert (merchant.messages_per_day, merchant.falls_back) == (5, False)
    assert [event.details["fields"] for event in Event.objects.filter(name="changed").order_by("pk")] == [
        ["falls_back", "link_valid_days", "messages_per_day", "name_en"],
        ["channel", "link_valid_days", "messages_per_day"],
    ]


def test_the_same_change_by_both_is_no_conflict_and_a_forged_field_is_none_at_all(merchant: Merchant) -> None:
    address = f"/admin/billing/merchant/{merchant.pk}/change/"
    owner = signed_in(make_staff(merchant))
    opened, form = shown_by(owner, address), settings_of(merchant, link_valid_days=20, second_person_above=0)
    of_another = signing.dumps({"link_valid_days": "1"}, salt="settings:billing.Merchant:0")
    Merchant.objects.filter(pk=merchant.pk).update(link_valid_days=20)

    for shown in (opened, "forged", of_another):
        assert owner.post(address, form | {"values_shown": shown}).status_code == 302

    assert not Event.objects.exists()


def test_no_secret_is_carried_by_the_form_of_a_gateway_account(merchant: Merchant) -> None:
    account = make_account(merchant, "mine", login_username="panel")
    address = f"/admin/invoices/gatewayaccount/{account.pk}/change/"
    owner = signed_in(make_staff(merchant))

    page = owner.get(address)

    shown = page.context["adminform"].form.values_shown
    carried = signing.loads(shown, salt=f"settings:invoices.GatewayAccount:{account.pk}")
    assert carried["merchant_code"] == account.merchant_code
    assert not {"access_code", "secret_key", "iv_key", "login_password"} & set(carried)
    assert f'name="values_shown" value="{shown}"' in page.content.decode()
    type(account).objects.filter(pk=account.pk).update(concurrency_limit=3)
    form = {name: text for name, text in carried.items() if text not in ("False", "")}
    refused = owner.post(address, form | {"values_shown": shown, "concurrency_limit": 5})
    account.refresh_from_db()
    assert account.concurrency_limit == 3
    assert errors_of(refused) == {
        "concurrency_limit": [
            "Changed meanwhile from \u2068—\u2069 to \u20683\u2069. Save again to put yours in its place."
        ]
    }
