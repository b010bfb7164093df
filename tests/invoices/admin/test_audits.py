"""The audit in the office: the platform sees all of it, a merchant's staff their own differences and no other count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Bill, Merchant, Role, User
from invoices.models import AuditDifference, AuditRun
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

RUNS = "/admin/invoices/auditrun/"
DIFFERENCES = "/admin/invoices/auditdifference/"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant("razzbery")


def a_run(*, days_ago: float = 0, found: int = 0, is_finished: bool = True) -> AuditRun:
    at = timezone.now() - timedelta(days=days_ago)
    return AuditRun.objects.create(
        started_at=at,
        finished_at=at + timedelta(seconds=61) if is_finished else None,
        periods=1_204_331,
        documents=2_000_000,
        differences_found=found,
    )


def a_difference(run: AuditRun, bill: Bill, problem: str = "it is owed and was never invoiced") -> AuditDifference:
    return AuditDifference.objects.create(
        run=run, merchant=bill.merchant, invariant="I3", subject="Bill", subject_id=bill.pk, problem=problem
    )


def get(user: User, address: str) -> Any:
    return signed_in(user).get(address)


def test_the_platform_reads_the_last_audit_in_one_line(merchant: Merchant) -> None:
    a_run(days_ago=1, found=3)
    a_run()

    page = get(make_administrator(), RUNS)

    assert page.context["report"].headline == "1,204,331 periods, 0 differences"
    assert page.context["report"].colour == "info"
    assert page.context["cl"].result_count == 2


def test_differences_are_listed_with_links_to_their_rows(merchant: Merchant) -> None:
    bill = make_bill(merchant)
    run = a_run(found=1)
    a_difference(run, bill)

    client = signed_in(make_administrator())

    for address in (DIFFERENCES, f"{RUNS}{run.pk}/change/"):
        page = client.get(address).content.decode()
        assert f'href="/admin/billing/bill/{bill.pk}/change/"' in page
        assert bill.billing_no in page
        assert "it is owed and was never invoiced" in page


def test_the_list_shows_the_last_audits_differences_unless_another_is_chosen(merchant: Merchant) -> None:
    bill = make_bill(merchant)
    old, last = a_run(days_ago=1, found=1), a_run(found=1)
    a_difference(old, bill, problem="found yesterday")
    a_difference(last, bill, problem="found today")
    client = signed_in(make_staff(merchant))

    shown, chosen = client.get(DIFFERENCES), client.get(f"{DIFFERENCES}?run={old.pk}")

    assert [each.problem for each in shown.context["cl"].result_list] == ["found today"]
    assert [each.problem for each in chosen.context["cl"].result_list] == ["found yesterday"]


def test_a_difference_of_a_row_that_is_gone_is_listed_all_the_same(merchant: Merchant) -> None:
    gone = AuditDifference.objects.create(
        run=a_run(found=1), merchant=merchant, invariant="I3", subject="Invoice", subject_id=404, problem="gone"
    )

    page = get(make_administrator(), DIFFERENCES)

    assert page.status_code == 200
    assert gone.problem in page.content.decode()


def test_many_differences_are_read_in_few_queries(merchant: Merchant, django_assert_max_num_queries: Any) -> None:
    run = a_run(found=20)
    for _ in range(20):
        a_difference(run, make_bill(merchant))
    client = signed_in(make_administrator())

    with django_assert_max_num_queries(25):
        client.get(DIFFERENCES)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.AUDITOR])
def test_who_may_see_the_set_up_sees_their_own_differences_only(merchant: Merchant, role: Role) -> None:
    own, others = make_bill(merchant), make_bill(make_merchant("stranger"))
    run = a_run(found=2)
    a_difference(run, own)
    a_difference(run, others, problem="the stranger's problem")
    person = make_staff(merchant, role)

    page = get(person, DIFFERENCES)

    assert page.context["report"].headline == "In your books: 1 difference"
    assert page.context["cl"].result_count == 1
    assert "the stranger" not in page.content.decode()
    assert "1,204,331" not in page.content.decode()
    assert get(person, RUNS).status_code == 403
    assert get(person, f"{RUNS}{run.pk}/change/").status_code == 403


@pytest.mark.parametrize("role", [Role.CASHIER, Role.CLERK, Role.VIEWER])
def test_who_may_not_see_the_set_up_sees_no_audit(merchant: Merchant, role: Role) -> None:
    a_difference(a_run(found=1), make_bill(merchant))
    person = make_staff(merchant, role)

    assert get(person, DIFFERENCES).status_code == 403
    assert titles(get(person, "/admin/")) == []


def titles(home: Any) -> list[tuple[str, int]]:
    figures = [figure for figure in home.context["attention"] if "audit" in str(figure.title)]
    return [(str(figure.title), figure.count) for figure in figures]


def test_the_first_page_says_aloud_what_the_last_audit_found(merchant: Merchant) -> None:
    run = a_run(found=2)
    a_difference(run, make_bill(merchant))

    for person, count in ((make_administrator(), 2), (make_staff(merchant), 1)):
        home = get(person, "/admin/")
        assert titles(home) == [("Differences the last audit found", count)]
        assert f"{DIFFERENCES}?run={run.pk}" in home.content.decode()


def test_the_first_page_is_silent_after_a_clean_audit(merchant: Merchant) -> None:
    a_run(days_ago=1)

    assert titles(get(make_administrator(), "/admin/")) == []


@pytest.mark.parametrize("is_finished", [True, False])
def test_the_first_page_says_so_when_no_audit_has_ended_for_two_days(merchant: Merchant, is_finished: bool) -> None:
    a_run(days_ago=3.5)
    a_run(days_ago=2.5 if is_finished else 0, is_finished=is_finished)

    ((title, days),) = titles(get(make_administrator(), "/admin/"))

    assert (title, days) == ("Days without an audit", 2 if is_finished else 3)


def test_the_first_page_says_so_when_none_ever_ran(merchant: Merchant) -> None:
    assert titles(get(make_administrator(), "/admin/")) == []

    Merchant.objects.update(created_at=timezone.now() - timedelta(days=5))

    assert titles(get(make_administrator("another"), "/admin/")) == [("Days without an audit", 5)]


@pytest.mark.parametrize(
    ("days_ago", "notice"), [(0, "An audit is under way."), (0.5, "The last audit was begun and never ended.")]
)
def test_an_audit_that_has_not_ended_is_shown_as_that(merchant: Merchant, days_ago: float, notice: str) -> None:
    a_run(days_ago=1)
    a_run(days_ago=days_ago, is_finished=False)

    page = get(make_administrator(), RUNS)

    assert page.context["report"].notices[0].startswith(notice)
    assert "Not finished" in page.content.decode()


def test_held_periods_are_counted_and_are_no_difference(merchant: Merchant) -> None:
    a_run()
    make_subscription(merchant)
    make_subscription(make_merchant("stranger"))
    Installment.objects.filter(sequence=1).update(hold="BRAKE")

    owner, platform = (get(user, DIFFERENCES) for user in (make_staff(merchant), make_administrator()))

    assert owner.context["report"].notices == ["1 period is held: no difference, it waits for a person."]
    assert platform.context["report"].notices == ["2 periods are held: no difference, they wait for a person."]
