"""Staff of one merchant, with another's ids in hand, walk every address of the admin and see nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import ForeignKey, Model
from django.test import Client
from django.urls import reverse

from billing.admin.acting import ActingAdmin
from billing.models import Bill, Event, Membership
from invoices.admin.explanations import ExplainedAdmin
from invoices.models import GatewayAccount, Invoice, Payment
from subscriptions.models import Subscription
from tests.invoices.admin.rows import Rows, make_rows, person_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

GONE = {302, 403, 404}
SCREENS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)


@pytest.fixture
def mine() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.fixture
def theirs() -> Rows:
    return make_rows("stranger", phone="0788888888")


def url(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def addresses_of(model: type[Model], screen: Any, row: Model) -> Iterator[str]:
    """Everything that names one row."""
    for name in ("change", "history", "delete"):
        yield url(model, name, row.pk)
    yield f"{url(model, 'change', row.pk)}?_popup=1&_to_field=id"
    if isinstance(screen, ExplainedAdmin):
        yield url(model, "story", row.pk)
    if isinstance(screen, ActingAdmin):
        yield from (url(model, "do", row.pk, action.name) for action in screen.page_actions)
        yield url(model, "do", row.pk, "no-such-act")


def lists_of(model: type[Model], screen: Any, theirs: Rows) -> Iterator[str]:
    """The list with everything that could widen it."""
    at = url(model, "changelist")
    yield at
    queries = [f"q={theirs.phone}", f"q={theirs.bill.billing_no}", "_popup=1", "_to_field=id", "all=1", "o=999", "p=-1"]
    queries += ["p=NaN", "p=1000000000", "q=%00", "q=%25", "_facets=1", f"merchant={theirs.merchant.pk}"]
    queries += [f"{lookup}={theirs.of[model].pk}" for lookup in screen.linked_lookups]
    queries += [f"customer={theirs.bill.customer_id}", f"_changelist_filters=merchant%3D{theirs.merchant.pk}"]
    for query in queries:
        yield f"{at}?{query}"


@pytest.mark.parametrize(("model", "screen"), SCREENS, ids=[model.__name__ for model, _ in SCREENS])
def test_another_merchants_rows_do_not_exist(model: type[Model], screen: Any, mine: Rows, theirs: Rows) -> None:
    owner = signed_in(person_of(mine))

    for address in addresses_of(model, screen, theirs.of[model]):
        for response in (owner.get(address), owner.post(address, {"post": "yes", "reason": "x"})):
            assert response.status_code in GONE, address
            assert theirs.mark not in response.content.decode(), address

    for address in lists_of(model, screen, theirs):
        response = owner.get(address, follow=True)
        assert response.status_code in {200, 400, 403}, address
        assert theirs.mark not in response.content.decode(), address


@pytest.mark.parametrize(("model", "screen"), SCREENS, ids=[model.__name__ for model, _ in SCREENS])
def test_ones_own_rows_do_exist(model: type[Model], screen: Any, mine: Rows) -> None:
    """Or the walk above would prove nothing."""
    response = signed_in(person_of(mine)).get(url(model, "change", mine.of[model].pk))

    is_platforms = model.__name__ in {"NumberSequence", "IdempotencyKey", "AuditRun"}
    assert response.status_code == (403 if is_platforms else 200)


@pytest.mark.parametrize(("model", "screen"), SCREENS, ids=[model.__name__ for model, _ in SCREENS])
def test_a_row_of_nobodys_and_a_row_of_anothers_answer_alike(
    model: type[Model], screen: Any, mine: Rows, theirs: Rows
) -> None:
    owner = signed_in(person_of(mine))

    for name in ("change", "history", "delete"):
        known, unknown = owner.get(url(model, name, theirs.of[model].pk)), owner.get(url(model, name, 999_999_999))
        assert known.status_code == unknown.status_code


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

    owner.post(
        url(Bill, "changelist"),
        {"action": "cancel", "_selected_action": [theirs.bill.pk], "confirmed": "1", "reason": "x", "select_across": 1},
    )

    theirs.bill.refresh_from_db()
    assert theirs.bill.status == Bill.Status.PENDING


def test_the_first_page_counts_only_ones_own(mine: Rows, theirs: Rows) -> None:
    Invoice.objects.filter(merchant=theirs.merchant).update(delivery="UNKNOWN")

    response = signed_in(person_of(mine)).get("/admin/")

    assert [figure.count for figure in response.context["owed"]] == [1, 1]
    assert [figure.count for figure in response.context["attention"]] == [1]
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
