"""Staff of one merchant, with another's ids in hand, walk every address of the admin and see nothing."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import ForeignKey, Model
from django.test import Client
from django.urls import URLPattern, reverse

from billing.admin.screens.acting import ActingAdmin
from billing.models import Bill, Event, Membership, Merchant, Role
from invoices.models import GatewayAccount, Invoice, Payment, ReminderStep
from subscriptions.models import Subscription
from tests.invoices.admin.rows import Rows, make_rows, person_of
from tests.invoices.admin.walk import (
    NAMES,
    SCREENS,
    addresses_of,
    post_of_ticked_row,
    text_of,
    url,
    walk_screen,
)
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

# Screens for administrators of the platform alone.
PLATFORMS = {"NumberSequence", "IdempotencyKey", "AuditRun", "AccessAttempt"}


@pytest.fixture
def mine() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.fixture
def theirs() -> Rows:
    return make_rows("stranger", phone="0788888888")


@pytest.mark.parametrize(("model", "screen"), SCREENS, ids=NAMES)
def test_another_merchants_rows_do_not_exist(model: type[Model], screen: Any, mine: Rows, theirs: Rows) -> None:
    walk_screen(signed_in(person_of(mine)), model, screen, theirs)


@pytest.mark.once
@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_they_do_not_exist_for_the_other_roles_either(role: Role, mine: Rows, theirs: Rows) -> None:
    somebody = signed_in(make_staff(mine.merchant, role, username="somebody"))

    for model, screen in SCREENS:
        addresses = [address for address in addresses_of(model, screen, theirs) if "/do/" not in address]
        for address in (*addresses, f"{url(model, 'changelist')}?merchant={theirs.merchant.pk}"):
            assert theirs.mark not in text_of(somebody.get(address)), address


@pytest.mark.once
def test_the_walk_finds_every_screen_whose_rows_are_not_scoped(
    mine: Rows, theirs: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here our own code is patched, for the walk is what is tested. Screens of the platform have another guard."""
    owner = signed_in(person_of(mine))
    missed = []

    for model, screen in SCREENS:
        with monkeypatch.context() as without_scope, contextlib.suppress(AssertionError):
            rows = model._default_manager.order_by("pk")
            without_scope.setattr(type(screen), "get_queryset", lambda self, request, rows=rows: rows.all())
            # A screen that chooses among merchants itself has its own filter.
            module = sys.modules[type(screen).__module__]
            without_scope.setattr(module, "merchants_where", lambda *args: Merchant.objects.all(), raising=False)
            walk_screen(owner, model, screen, theirs)
            missed.append(model.__name__)

    assert set(missed) == PLATFORMS


@pytest.mark.parametrize(("scope", "model"), [("rows_of", Bill), ("merchants_where", ReminderStep)])
def test_the_walk_finds_a_way_to_the_rows_that_lets_everybody_through(
    scope: str, model: type[Model], mine: Rows, theirs: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = {"rows_of": lambda user, rows: rows, "merchants_where": lambda request, right: Merchant.objects.all()}
    monkeypatch.setattr(f"billing.admin.screens.scoped.{scope}", everything[scope])

    with pytest.raises(AssertionError):
        walk_screen(signed_in(person_of(mine)), model, admin.site._registry[model], theirs)


def test_pages_that_belong_to_no_screen_show_nothing_of_others(mine: Rows, theirs: Rows) -> None:
    owner = signed_in(person_of(mine))
    named = {pattern.name for pattern in admin.site.get_urls() if isinstance(pattern, URLPattern) and pattern.name}
    with_parameters = {"app_list", "password_reset_confirm", "accept_invitation", "confirm_email"}
    searches = [f"?s={theirs.mark}", f"?s={theirs.phone}&extended=1", f"?s={theirs.bill.billing_no}"]
    addresses = [reverse(f"admin:{name}") for name in sorted(named - with_parameters - {"logout"})]

    for address in [*addresses, *(reverse("admin:search") + search for search in searches)]:
        response = owner.get(address, follow=True)
        assert response.status_code in {200, 403, 404, 405}, address
        assert f"customer {theirs.mark}" not in text_of(response), address
        assert theirs.merchant.name_en not in text_of(response), address


def test_ones_own_rows_do_exist(mine: Rows) -> None:
    """Or the walk above would prove nothing."""
    owner = signed_in(person_of(mine))

    for model, _screen in SCREENS:
        response = owner.get(url(model, "change", mine.of[model].pk))
        assert response.status_code == (403 if model.__name__ in PLATFORMS else 200), model


def test_a_row_of_nobodys_and_a_row_of_anothers_answer_alike(mine: Rows, theirs: Rows) -> None:
    owner = signed_in(person_of(mine))

    for model, _screen in SCREENS:
        for name in ("change", "history", "delete"):
            known, unknown = (owner.get(url(model, name, pk)) for pk in (theirs.of[model].pk, 999_999_999))
            assert known.status_code == unknown.status_code, (model, name)


def test_autocomplete_offers_nothing_of_others(mine: Rows, theirs: Rows) -> None:
    owner = signed_in(person_of(mine))

    for model in admin.site._registry:
        for field in (field for field in model._meta.get_fields() if isinstance(field, ForeignKey)):
            query = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={field.name}"
            for term in (theirs.phone, theirs.mark):
                response = owner.get(f"/admin/autocomplete/?{query}&term={term}")
                assert response.status_code in {200, 403, 404}
                if response.status_code == 200:
                    assert response.json()["results"] == []


def test_acts_on_ticked_rows_pass_others_by(mine: Rows, theirs: Rows) -> None:
    owner = signed_in(person_of(mine))
    acting = [(model, screen) for model, screen in SCREENS if isinstance(screen, ActingAdmin)]

    for model, screen in acting:
        before = model._default_manager.filter(pk=theirs.of[model].pk).values().get()
        for act in (action.name for action in screen.page_actions if action.in_bulk):
            response = owner.post(url(model, "changelist"), post_of_ticked_row(model, act, theirs) | {"reason": "x"})
            assert theirs.mark not in text_of(response), (model, act)
        assert model._default_manager.filter(pk=theirs.of[model].pk).values().get() == before, model


def test_the_first_page_counts_only_ones_own(mine: Rows, theirs: Rows) -> None:
    Invoice.objects.filter(merchant=theirs.merchant).update(delivery="UNKNOWN")

    response = signed_in(person_of(mine)).get("/admin/")

    assert response.context["owed"][0].count == 1  # the stranger has an overdue bill too
    assert {figure.count for figure in response.context["owed"][2:]} == {0}
    assert "Invoices whose outcome is unknown" not in {str(each.title) for each in response.context["attention"]}
    assert theirs.mark not in response.content.decode()


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (Invoice, "merchant__gateway_accounts__secret_key__startswith=s"),
        (Bill, "merchant__api_keys__digest__startswith=0"),
        (Bill, "customer__national_id__startswith=9"),
        (GatewayAccount, "secret_key__startswith=s"),
        (Membership, "user__password__startswith=argon2"),
        (Payment, "customer__merchant__username=stranger"),
    ],
)
def test_lookups_nobody_offered_are_refused(model: type[Model], query: str, mine: Rows) -> None:
    response = signed_in(person_of(mine)).get(f"{url(model, 'changelist')}?{query}")

    assert response.status_code == 400


def test_an_account_for_another_merchant_is_refused(mine: Rows, theirs: Rows) -> None:
    GatewayAccount.objects.all().update(replaced_at="2026-01-01T00:00Z")
    form = {
        name: getattr(theirs.of[GatewayAccount], name) for name in ("base_url", "payment_base_url", "merchant_code")
    }
    form |= {"access_code": "a", "secret_key": "s" * 32, "iv_key": "i" * 16, "currency": "JOD"}

    response = signed_in(person_of(mine)).post(url(GatewayAccount, "add"), form | {"merchant": theirs.merchant.pk})

    assert "merchant" in response.context["adminform"].form.errors
    assert GatewayAccount.objects.count() == 2


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_nobody_who_is_not_staff_gets_in(change: dict[str, bool], mine: Rows) -> None:
    somebody = make_staff(mine.merchant, username="leaver")
    client = signed_in(somebody)
    type(somebody).objects.filter(pk=somebody.pk).update(**change)

    for model, _ in SCREENS:
        response = client.get(url(model, "changelist"))
        assert response.status_code == 302
        assert "/admin/login/" in response["Location"]


def test_forms_and_acts_need_the_csrf_token(mine: Rows) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person_of(mine))

    assert client.post(url(Bill, "do", mine.bill.pk, "cancel"), {"reason": "x"}).status_code == 403
    assert client.post(url(Subscription, "do", mine.of[Subscription].pk, "pause")).status_code == 403
    mine.bill.refresh_from_db()
    assert mine.bill.status == Bill.Status.PENDING


def test_events_lead_to_pages_that_exist(mine: Rows) -> None:
    """The log names the pages of rows that other applications register."""
    for subject in Event.Subject:
        Event.objects.create(merchant=mine.merchant, subject=subject, subject_id=1, name="created", actor="system")

    assert signed_in(person_of(mine)).get(url(Event, "changelist")).status_code == 200
