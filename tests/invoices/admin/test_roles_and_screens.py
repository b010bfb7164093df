"""Every role before every screen, cell by cell: seeing it, adding to it, changing, deleting, reading its changes."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.contrib import admin
from django.db.models import Model

from billing.models import (
    ApiKey,
    Bill,
    ImportFile,
    Invitation,
    Membership,
    Merchant,
    Role,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from invoices.models import (
    AuditDifference,
    GatewayAccount,
    GatewayStatement,
    GatewayStatementLine,
    MessageTemplate,
    ReminderStep,
)
from subscriptions.models import Subscription
from tests.invoices.admin.rows import Rows, make_rows
from tests.invoices.admin.walk import SCREENS, url
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ALL = set(Role)
MANAGERS, OWNERS = {Role.OWNER, Role.MANAGER}, {Role.OWNER}
SETUP = REPORTS = {Role.OWNER, Role.MANAGER, Role.AUDITOR}
IMPORTERS = {Role.OWNER, Role.MANAGER, Role.CLERK}
NOBODY: set[Role] = set()


class Who(NamedTuple):
    """Who sees the list and its rows, adds one, changes one by its form, reads its history of changes."""

    see: set[Role] = ALL
    add: set[Role] = NOBODY
    change: set[Role] = NOBODY
    history: set[Role] | None = None


TABLE: dict[type[Model], Who] = {
    ApiKey: Who(see=SETUP, add=OWNERS),
    AuditDifference: Who(see=SETUP),
    Bill: Who(add={Role.OWNER, Role.MANAGER, Role.CLERK}),
    GatewayStatement: Who(see=REPORTS),
    GatewayStatementLine: Who(see=REPORTS),
    GatewayAccount: Who(see=SETUP, add=OWNERS, change=OWNERS),
    ImportFile: Who(see=IMPORTERS, add=IMPORTERS, change=IMPORTERS),
    Invitation: Who(see=SETUP, add=OWNERS),
    Membership: Who(see=SETUP, add=OWNERS, change=OWNERS),
    Merchant: Who(change=MANAGERS, history=SETUP),
    MessageTemplate: Who(see=SETUP, change=MANAGERS),
    ReminderStep: Who(see=SETUP, add=MANAGERS, change=MANAGERS),
    Subscription: Who(add=MANAGERS),
    User: Who(see=SETUP, add=OWNERS, change=OWNERS),
    WebhookDelivery: Who(see=SETUP),
    WebhookEndpoint: Who(see=SETUP, add=OWNERS),
}
PLATFORMS = {"NumberSequence", "IdempotencyKey", "AuditRun", "AccessAttempt"}


def who_may(model: type[Model]) -> Who:
    """Documents, which are seen by all and typed over by nobody, are not in the table one by one."""
    return Who(see=NOBODY) if model.__name__ in PLATFORMS else TABLE.get(model, Who())


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.mark.parametrize("role", Role)
def test_a_screen_is_open_to_its_roles_and_closed_to_the_others(role: Role, rows: Rows) -> None:
    somebody = signed_in(make_staff(rows.merchant, role, username="somebody"))

    for model, _screen in SCREENS:
        who, pk = who_may(model), rows.of[model].pk
        before = model._default_manager.count()
        cells = [
            ("list", role in who.see, somebody.get(url(model, "changelist"))),
            ("page", role in who.see, somebody.get(url(model, "change", pk))),
            ("form", role in who.change, somebody.post(url(model, "change", pk), {})),
            ("new", role in who.add, somebody.post(url(model, "add"), {})),
            ("delete", False, somebody.get(url(model, "delete", pk))),
            ("deletion", False, somebody.post(url(model, "delete", pk), {"post": "yes"})),
        ]
        if hasattr(model, "history"):
            sees = role in (who.see if who.history is None else who.history)
            cells.append(("history", sees, somebody.get(url(model, "history", pk))))
        for name, may, response in cells:
            # What a role may not see at all need not say that it is there.
            assert response.status_code in ({200, 302} if may else {403, 404}), (model, name)
        assert model._default_manager.count() == before, model


def test_the_platform_sees_every_screen(rows: Rows) -> None:
    platform = signed_in(make_administrator())

    for model in admin.site._registry:
        assert platform.get(url(model, "changelist")).status_code == 200, model


def test_the_table_is_a_page_for_everybody_who_works_here(rows: Rows) -> None:
    page = signed_in(make_staff(rows.merchant, Role.VIEWER, username="somebody")).get("/admin/who-may/")

    lines = dict(page.context["lines"])
    assert [may for may, _role in lines["Record cash and transfers"]] == [True, True, True, False, False, False]
    assert [name for name, is_mine in page.context["roles"] if is_mine] == ["Viewer"]
