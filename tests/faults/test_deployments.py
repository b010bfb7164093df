"""New versions, old versions, new keys: what is under way goes on."""

from __future__ import annotations

import importlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from billing.models import Merchant, User
from invoices.models import Invoice
from invoices.sandbox.models import FaultKind
from tests.contract.api_client import ApiClient, created
from tests.factories import make_merchant
from tests.faults.office import Office
from tests.infrastructure.waiting import wait_until

OURS = ("billing", "subscriptions", "invoices")
LOSE_SOMETHING = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


@pytest.mark.processes
def test_f1_a_worker_told_to_stop_finishes_what_it_does_and_the_next_one_the_rest(office: Office) -> None:
    office.shop.fault(FaultKind.SLOW, count=50, seconds=1)
    office.make_due(50)
    worker = office.worker(concurrency=4)
    wait_until(lambda: Invoice.objects.filter(delivery="SENDING").count() >= 8, 30, reason="calls are under way")

    assert worker.stop(timeout=30) == 0
    office.shop.no_faults()
    office.worker()

    office.wait_until_sent(50)
    office.assert_exactly(50)


def later_migrations() -> list[Any]:
    """Those that a running version may meet: all but each app's first."""
    names = [
        f"{label}.migrations.{path.stem}"
        for label in OURS
        for path in sorted((Path(apps.get_app_config(label).path) / "migrations").glob("0*.py"))
        if not path.stem.startswith("0001")
    ]
    return [importlib.import_module(name).Migration for name in names]


def test_f2_what_later_migrations_add_has_a_value_where_an_older_version_states_none() -> None:
    operations = [operation for migration in later_migrations() for operation in migration.operations]
    added = [operation for operation in operations if isinstance(operation, migrations.AddField)]
    # What the database works out by itself nobody states.
    added = [one for one in added if not one.field.generated]

    without = [f"{one.model_name}.{one.name}" for one in added if not (one.field.null or one.field.has_db_default())]

    assert added
    assert without == []


def test_f2_later_migrations_take_nothing_away_from_an_older_version() -> None:
    operations = [operation for migration in later_migrations() for operation in migration.operations]

    assert [operation for operation in operations if isinstance(operation, LOSE_SOMETHING)] == []


@pytest.mark.django_db
def test_f3_the_version_before_writes_to_the_present_tables() -> None:
    firsts = [(label, "0001_initial") for label in OURS]
    before = MigrationLoader(connection).project_state(firsts).apps

    merchant = before.get_model("billing", "Merchant").objects.create(username="razzbery", name_en="Razzbery")
    customer = before.get_model("billing", "Customer").objects.create(
        merchant=merchant, phone="+962777839071", name="Leila"
    )
    common = {
        "merchant": merchant,
        "customer": customer,
        "customer_name": "Leila",
        "customer_phone": "+962777839071",
        "currency": "JOD",
    }
    bill = before.get_model("billing", "Bill").objects.create(
        **common, public_id="a" * 24, service_type="Water", amount=Decimal(5), due_date=date(2026, 1, 1), billing_no="1"
    )
    plan = before.get_model("subscriptions", "Subscription").objects.create(
        **common,
        public_id="b" * 24,
        type="OPEN_ENDED",
        product_name="Gym",
        recurring_amount=Decimal(5),
        anchor_date=date(2026, 1, 1),
        scheduled_until=date(2026, 1, 1),
    )
    before.get_model("subscriptions", "Installment").objects.create(
        merchant=merchant, subscription=plan, sequence=1, due_date=date(2026, 1, 1), amount=Decimal(5)
    )
    before.get_model("invoices", "Invoice").objects.create(
        **common,
        bill=bill,
        number="INV-1",
        reference="INV-1-a",
        amount=Decimal(5),
        language="ar",
        channel="SMS",
        due_date=date(2026, 1, 1),
        expires_on=date(2026, 2, 1),
    )

    assert Merchant.objects.get().messages_per_day == 10
    assert Invoice.objects.get().lost_leases == 0


@pytest.mark.django_db
def test_f4_a_new_secret_key_leaves_api_keys_sessions_and_payment_links_valid(client: Client, settings: Any) -> None:
    merchant = make_merchant()
    api = ApiClient(merchant)
    link = created_link(api)
    clerk = User.objects.create(username="clerk", is_staff=True, is_superuser=True)
    idle = Client()
    client.force_login(clerk)
    idle.force_login(clerk)
    assert client.get("/admin/").status_code == 200

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough-" + "n" * 20

    created(api.add_bill())
    assert client.get("/admin/").status_code == 200
    assert Client().get(link).status_code == 200
    # Its session was renewed under the new key; one that was not used meanwhile ends with the old key.
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/admin/").status_code == 200
    assert idle.get("/admin/").status_code == 302
    assert Client().get(link).status_code == 200


def created_link(api: ApiClient) -> str:
    answer = api.add_bill()
    assert answer.status_code == 200
    return answer.headers["Link"].partition(">")[0].removeprefix("<http://testserver")


@pytest.mark.processes
def test_f5_gateway_keys_changed_while_calls_are_under_way_lose_and_double_nothing(office: Office) -> None:
    office.shop.fault(FaultKind.WRONG_KEY, count=6)
    office.make_due(20)

    office.worker()

    # An answer made with other keys than ours says nothing; the question that follows is answered with the right ones.
    office.wait_until_sent(20)
    office.assert_exactly(20)
    assert office.shop.book()["totals"]["create_calls"] == 20
