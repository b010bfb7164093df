"""Every role before every act: the button, the question and the deed are open to the same people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from billing.admin.page_actions import PageAction
from billing.admin.people.log import PlatformAdmin
from billing.admin.roles import ROLES_WITH
from billing.admin.screens.acting import ActingAdmin
from billing.models import (
    ApiKey,
    Bill,
    Customer,
    Invitation,
    Job,
    Membership,
    Merchant,
    Role,
    User,
    WebhookDelivery,
    WebhookEndpoint,
    WrongRecipient,
)
from invoices.models import (
    Credit,
    GatewayAccount,
    GatewayStatement,
    Invoice,
    Payment,
    Refund,
    Reminder,
    ReminderStep,
    Shift,
)
from subscriptions.models import Installment, Subscription
from tests.invoices.admin.rows import Rows, make_rows
from tests.staff import make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ACTS: dict[tuple[type[Model], str], PageAction] = {
    (model, action.name): action
    for model, screen in admin.site._registry.items()
    if isinstance(screen, ActingAdmin)
    for action in screen.page_actions
}

PAYERS, SENDERS = {"OWNER", "MANAGER", "CASHIER"}, {"OWNER", "MANAGER", "CLERK"}
NOTERS = PAYERS | SENDERS
MANAGERS, OWNERS = {"OWNER", "MANAGER"}, {"OWNER"}
ALLOWED: dict[tuple[type[Model], str], set[str]] = {
    (Payment, "refund"): PAYERS,
    (Payment, "credit"): PAYERS,
    (Credit, "approve"): MANAGERS,
    (Credit, "reject"): MANAGERS,
    (Refund, "approve"): MANAGERS,
    (Refund, "given-back"): PAYERS,
    (Refund, "reject"): MANAGERS,
    (Merchant, "open-shift"): PAYERS,
    (Shift, "close"): PAYERS,
    (Bill, "note"): NOTERS,
    (Installment, "note"): NOTERS,
    (Subscription, "note"): NOTERS,
    (Customer, "note"): NOTERS,
    (Customer, "promise"): SENDERS,
    (Bill, "record-payment"): PAYERS,
    (Bill, "mark-paid"): PAYERS,
    (Bill, "amount"): MANAGERS,
    (Bill, "renew"): SENDERS,
    (Bill, "change-terms"): MANAGERS,
    (Bill, "promise"): SENDERS,
    (Bill, "channel"): SENDERS,
    (Bill, "cancel"): SENDERS,
    (Customer, "channel"): SENDERS,
    (Customer, "correct-phone"): SENDERS,
    (Customer, "merge"): MANAGERS,
    (Customer, "release-number"): MANAGERS,
    (Customer, "forget"): OWNERS,
    (Customer, "resume-messages"): SENDERS,
    (WrongRecipient, "it-is-the-customer"): SENDERS,
    (WrongRecipient, "correct-phone"): SENDERS,
    (WrongRecipient, "keep-stopped"): SENDERS,
    (Customer, "renew-link"): SENDERS,
    (Installment, "record-payment"): PAYERS,
    (Installment, "mark-paid"): PAYERS,
    (Installment, "issue-now"): SENDERS,
    (Installment, "renew"): SENDERS,
    (Installment, "skip-held"): MANAGERS,
    (Installment, "promise"): SENDERS,
    (Merchant, "invoice-held"): SENDERS,
    (Merchant, "usual-reminders"): MANAGERS,
    (Bill, "remind"): SENDERS,
    (Installment, "remind"): SENDERS,
    (Reminder, "sent"): SENDERS,
    (Subscription, "pause"): MANAGERS,
    (Subscription, "resume"): MANAGERS,
    (Subscription, "resume-all"): MANAGERS,
    (Subscription, "cancel"): MANAGERS,
    (Subscription, "cancel-at-end"): MANAGERS,
    (Subscription, "terms"): MANAGERS,
    (Subscription, "skip"): MANAGERS,
    (Subscription, "move"): MANAGERS,
    (Subscription, "spread"): MANAGERS,
    (Subscription, "end"): MANAGERS,
    (Subscription, "settle-early"): MANAGERS,
    (Subscription, "channel"): SENDERS,
    (Invoice, "resend"): SENDERS,
    (Invoice, "resend-all"): SENDERS,
    (Invoice, "replace-refused"): SENDERS,
    (Invoice, "whatsapp"): SENDERS,
    (Invoice, "mail"): SENDERS,
    (Payment, "send-receipt"): SENDERS,
    (Payment, "whatsapp"): SENDERS,
    (Reminder, "whatsapp"): SENDERS,
    (Invoice, "ask"): SENDERS,
    (Invoice, "it-was-sent"): SENDERS,
    (Invoice, "send-again"): SENDERS,
    (Invoice, "switch-channel"): SENDERS,
    (Invoice, "cancel"): SENDERS,
    (GatewayAccount, "renew-keys"): OWNERS,
    (GatewayAccount, "unpark"): OWNERS,
    (GatewayAccount, "test-connection"): OWNERS,
    (GatewayAccount, "replace"): OWNERS,
    (ApiKey, "revoke"): OWNERS,
    (WebhookEndpoint, "send-test"): OWNERS,
    (WebhookEndpoint, "resume"): OWNERS,
    (WebhookEndpoint, "pause"): OWNERS,
    (WebhookEndpoint, "renew-secret"): OWNERS,
    (WebhookEndpoint, "remove"): OWNERS,
    (WebhookDelivery, "send-again"): OWNERS,
    (Invitation, "send-again"): OWNERS,
    (Invitation, "revoke"): OWNERS,
    (Membership, "remove"): OWNERS,
    (ReminderStep, "remove"): MANAGERS,
    (User, "reset-second-factor"): OWNERS,
    (User, "sign-out"): OWNERS,
    # The platform's alone.
    (AccessAttempt, "unlock"): set(),
    (Job, "stop"): MANAGERS,
    (GatewayStatement, "compare"): MANAGERS,
    (GatewayStatement, "withdraw"): MANAGERS,
    (Job, "approve"): MANAGERS,
}


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


def url(model: type[Model], row: Any, act: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_do", args=[row.pk, act])


def is_platforms(model: type[Model]) -> bool:
    return isinstance(admin.site._registry[model], PlatformAdmin)


def test_every_act_stands_in_this_table() -> None:
    assert set(ACTS) == set(ALLOWED)


@pytest.mark.parametrize("role", Role)
def test_an_act_is_open_to_its_roles_and_closed_to_the_others(role: Role, rows: Rows) -> None:
    somebody = signed_in(make_staff(rows.merchant, role, username="somebody"))

    for (model, act), roles in ALLOWED.items():
        response = somebody.get(url(model, rows.of[model], act))
        sees_the_screen = not is_platforms(model) and role in ROLES_WITH[admin.site._registry[model].see_right]
        refused = 403 if sees_the_screen else 404
        assert response.status_code == (200 if role in roles else refused), (model, act)


@pytest.mark.parametrize("role", Role)
def test_a_closed_act_does_nothing_when_it_is_posted_all_the_same(role: Role, rows: Rows) -> None:
    somebody = signed_in(make_staff(rows.merchant, role, username="somebody"))
    closed = [(model, act) for (model, act), roles in ALLOWED.items() if role not in roles]

    for model, act in closed:
        before = model._default_manager.filter(pk=rows.of[model].pk).values().get()
        form = {"reason": "x", "method": "CASH", "amount": "1", "owed": str(getattr(rows.of[model], "amount_due", ""))}
        assert somebody.post(url(model, rows.of[model], act), form).status_code in {403, 404}
        assert model._default_manager.filter(pk=rows.of[model].pk).values().get() == before


@pytest.mark.parametrize("role", Role)
def test_the_buttons_are_those_of_the_role(role: Role, rows: Rows) -> None:
    somebody = signed_in(make_staff(rows.merchant, role, username="somebody"))

    page = somebody.get(f"/admin/billing/bill/{rows.bill.pk}/change/").content.decode()

    assert ("/do/record-payment/" in page) == (role in PAYERS)
    assert ("/do/cancel/" in page) == (role in SENDERS)


@pytest.mark.parametrize("role", Role)
def test_acts_on_ticked_rows_are_offered_to_the_same_roles(role: Role, rows: Rows) -> None:
    somebody = signed_in(make_staff(rows.merchant, role, username="somebody"))
    Merchant.objects.update(second_person_above=Decimal(1000))
    form = {"action": "cancel", "_selected_action": [rows.bill.pk], "confirmed": "1", "reason": "x"}

    somebody.post("/admin/billing/bill/", form)

    rows.bill.refresh_from_db()
    assert (rows.bill.status == Bill.Status.CANCELLED) == (role in SENDERS)


@pytest.mark.parametrize("role", Role)
def test_documents_are_never_added_changed_or_deleted_by_hand(role: Role, rows: Rows) -> None:
    somebody = signed_in(make_staff(rows.merchant, role, username="somebody"))

    for model in (Bill, Subscription, Installment, Invoice):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pk = rows.of[model].pk
        # A subscription is made by its own page, which shows its dates first; what is posted without them makes none.
        before = model._default_manager.count()
        assert somebody.post(reverse(f"{name}_add"), {"status": "PAID"}).status_code in {200, 403}
        assert model._default_manager.count() == before
        assert somebody.post(reverse(f"{name}_change", args=[pk]), {"status": "PAID"}).status_code == 403
        assert somebody.post(reverse(f"{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403
