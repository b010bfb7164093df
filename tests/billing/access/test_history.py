"""What was changed in settings and about people, by whom: kept for the merchant's own, without a secret in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from billing.models import ApiKey, Membership, Merchant, Role, User
from billing.services import issue_api_key, revoke_api_key
from invoices.models import GatewayAccount, ReminderStep
from tests.billing.access.door import sign_in, with_password
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import make_account
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

SECRETS = ("access-mine", "secret-mine", "iv-mine")


def history_url(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/history/"


def changes_seen(client: Any, row: Any) -> list[tuple[str, str, str, str]]:
    page = client.get(history_url(row))
    return [
        (change.who, field.name, str(field.old), str(field.new))
        for change in page.context["changes"]
        for field in change.fields
    ]


def test_a_changed_role_shows_who_did_it_and_from_what_to_what() -> None:
    merchant = make_merchant()
    membership = make_staff(merchant, Role.CLERK).memberships.get()
    owner = make_staff(merchant, first_name="Rana", last_name="Haddad")
    client = signed_in(owner)

    client.post(f"/admin/billing/membership/{membership.pk}/change/", {"role": Role.MANAGER})

    assert changes_seen(client, membership) == [("Rana Haddad", "Role", "Clerk", "Manager")]


def test_another_merchants_history_does_not_exist() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    stranger = signed_in(make_staff(theirs))
    membership = make_staff(mine, Role.CLERK).memberships.get()

    for row in (mine, membership, membership.user, make_account(mine, "mine")):
        assert stranger.get(history_url(row)).status_code in {403, 404}
        assert stranger.get(history_url(row)).status_code == stranger.get(history_url(type(row)(pk=9**9))).status_code


def test_who_is_no_colleague_is_not_named() -> None:
    mine, theirs = make_merchant("mine"), make_merchant("theirs")
    shared = make_staff(mine, Role.CLERK)
    Membership.objects.create(merchant=theirs, user=shared, role=Role.CLERK)
    platform = signed_in(make_administrator("night-shift"))
    platform.post(f"/admin/billing/user/{shared.pk}/change/", {"username": shared.username, "first_name": "Huda"})

    (change,) = [each for each in changes_seen(signed_in(make_staff(mine)), shared) if each[1] == "First name"]

    assert (change[0], change[3]) == ("Somebody else", "Huda")


def test_keys_of_a_gateway_account_are_in_no_history_and_on_no_page() -> None:
    merchant = make_merchant("mine")
    account = make_account(merchant, "mine")
    owner = signed_in(make_staff(merchant))
    names = ["base_url", "payment_base_url", "merchant_code", "currency"]
    form = {name: getattr(account, name) for name in names} | {"secret_key": "n" * 32, "merchant_code": "another"}

    owner.post(f"/admin/invoices/gatewayaccount/{account.pk}/change/", form)

    assert ("Merchant code", "code-mine", "another") in [each[1:] for each in changes_seen(owner, account)]
    stored = str(list(GatewayAccount.history.values())) + str(list(LogEntry.objects.values()))
    for page in ("change", "history"):
        stored += owner.get(f"/admin/invoices/gatewayaccount/{account.pk}/{page}/").content.decode()
    assert not any(secret in stored for secret in (*SECRETS, "n" * 32))


def test_no_history_has_a_column_for_a_secret() -> None:
    secret = {"password", "last_login", "digest", "access_code", "secret_key", "iv_key", "login_password"}

    for model in apps.get_models():
        if model.__name__.startswith("Historical"):
            assert not secret & {field.name for field in model._meta.get_fields()}, model


def test_signing_in_and_calling_leave_no_line(client: Any) -> None:
    merchant = make_merchant()
    user = with_password(make_staff(merchant))
    account = make_account(merchant, "mine")
    before = (User.history.count(), GatewayAccount.history.count())

    sign_in(client, user)
    account.consecutive_failures = 3
    account.save(update_fields=["consecutive_failures", "breaker_open_until"])

    assert User.objects.get().last_login is not None
    assert (User.history.count(), GatewayAccount.history.count()) == before


def test_what_nobody_signed_in_did_has_no_name() -> None:
    merchant = make_merchant()
    api_key, _plaintext = issue_api_key(merchant=merchant, label="till", actor="system", now=timezone.now())
    revoke_api_key(prefix=api_key.prefix, actor="system", now=timezone.now())

    ((who, name, old, _new),) = changes_seen(signed_in(make_staff(merchant)), api_key)

    assert (who, name, old) == ("Automatic", "Revoked", "—")
    assert ApiKey.history.filter(history_user=None).count() == 2


def test_a_call_of_the_api_is_nobodys_change(client: Any) -> None:
    """The API puts its own caller where people stand: the history must not take it for one."""
    merchant = make_merchant()
    _key, plaintext = issue_api_key(merchant=merchant, label="till", actor="system", now=timezone.now())
    make_bill(merchant)

    client.post(f"/{merchant.username}/v1/add/bill", "{}", "application/json", headers={"X-API-Key": plaintext})

    assert set(Merchant.history.values_list("history_user", flat=True)) == {None}


def test_the_plan_of_reminders_keeps_what_was_taken_out() -> None:
    merchant = make_merchant()
    step = ReminderStep.objects.create(merchant=merchant, days=3, channel="WHATSAPP")
    owner = make_staff(merchant)

    signed_in(owner).post(f"/admin/invoices/reminderstep/{step.pk}/do/remove/")

    last = ReminderStep.history.latest()
    assert (last.history_type, last.history_user, last.days) == ("-", owner, 3)


def test_a_cashier_reads_no_history_of_settings() -> None:
    merchant = make_merchant()

    assert signed_in(make_staff(merchant, Role.CASHIER)).get(history_url(merchant)).status_code == 403
