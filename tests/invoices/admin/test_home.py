"""Home counts what its links show, for one's own merchants only, and in each currency apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from billing.admin.cells import money
from billing.models import Bill, Membership, Merchant, Role
from invoices.admin.home.collected import collected_today
from invoices.models import AuditRun, FiguresCount, Invoice, OpenFigure, Payment, Reminder
from invoices.services.figures.keeping import count_figures
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import make_rows
from tests.invoices.figures.books import make_book
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db


def figures_of(page: Any) -> list[Any]:
    return [page.context["collected"], *page.context["owed"], *page.context["attention"]]


def titles_of(page: Any) -> set[str]:
    return {str(figure.title) for figure in figures_of(page) if figure.count}


def make_trouble(mark: str, phone: str) -> Merchant:
    """Something of every kind that home tells of."""
    rows = make_rows(mark, phone=phone)
    merchant = rows.merchant
    make_book(merchant, today=merchant.local_date(timezone.now()), now=timezone.now(), bills=20)
    Reminder.objects.filter(merchant=merchant).update(status="TO_DO")
    Installment.objects.filter(pk=rows.of[Installment].pk).update(status="SCHEDULED", hold="CATCH_UP")
    Invoice.objects.filter(pk=rows.invoice.pk).update(delivery="PARKED")
    return merchant


def test_every_figure_is_the_count_of_the_list_behind_it() -> None:
    merchant = make_trouble("mine", "0770000001")
    make_trouble("stranger", "0788888888")
    owner = signed_in(make_staff(merchant))

    figures = figures_of(owner.get("/admin/"))

    for figure in figures:
        assert owner.get(figure.url).context["cl"].result_count == figure.count, figure.title
    assert {str(figure.title) for figure in figures if figure.count} >= {
        "Collected today",
        "Overdue bills",
        "Bills due within 7 days",
        "Bills with a broken promise",
        "Parked invoices",
        "Payments to review",
        "Missed periods to approve",
        "Reminders to send by WhatsApp",
        "Customers whose phone somebody else answered",
    }


def test_kept_figures_say_when_they_were_counted_and_lead_to_the_same_rows() -> None:
    merchant = make_trouble("mine", "0770000001")
    counted_at = timezone.now() - timedelta(minutes=4)
    count_figures(merchant=merchant, now=counted_at)
    FiguresCount.objects.update(open_rows=1_000_000)
    owner = signed_in(make_staff(merchant))

    page = owner.get("/admin/")

    assert timezone.localtime(counted_at, None).isoformat()[:10] in page.content.decode()
    assert f'datetime="{counted_at.isoformat()}"' in page.content.decode()
    for figure in [page.context["collected"], *page.context["owed"]]:
        assert owner.get(figure.url).context["cl"].result_count == figure.count, figure.title


def test_a_stranger_sees_none_of_it() -> None:
    make_trouble("mine", "0770000001")
    nobody = signed_in(make_staff(make_merchant("empty"), username="somebody"))

    page = nobody.get("/admin/")

    assert titles_of(page) == set()
    assert page.context["charts"] == []


def test_one_of_several_merchants_can_be_chosen_and_a_strangers_cannot() -> None:
    merchant = make_trouble("mine", "0770000001")
    other = make_merchant("other", currency="SAR")
    bill = make_bill(other, amount=7)
    stranger = make_trouble("stranger", "0788888888")
    person = make_staff(merchant)
    Membership.objects.create(merchant=other, user=person, role=Role.CLERK)
    client = signed_in(person)

    of_all, of_other, of_stranger = (
        client.get(f"/admin/{query}") for query in ("", f"?merchant={other.pk}", f"?merchant={stranger.pk}")
    )

    assert [chart.currency for chart in of_all.context["charts"]] == ["JOD", "SAR"]
    assert [chart.currency for chart in of_other.context["charts"]] == ["SAR"]
    assert titles_of(of_other) == {"Overdue bills"}
    assert figures_of(of_stranger) == figures_of(of_all)
    link = of_other.context["owed"][0].url
    assert list(client.get(link).context["cl"].result_list) == [bill]


def test_home_costs_few_queries_however_many_merchants(django_assert_max_num_queries: Any) -> None:
    merchants = [make_trouble(f"mine-{number}", f"077000000{number}") for number in range(3)]

    AuditRun.objects.filter(finished_at=None).update(finished_at=timezone.now(), differences_found=3)
    owner = make_staff(merchants[0])
    for merchant in merchants[1:]:
        Membership.objects.create(merchant=merchant, user=owner, role=Role.OWNER)

    people = (make_staff(merchants[0], Role.CLERK, username="clerk"), owner, make_administrator())
    for client in map(signed_in, people):
        with django_assert_max_num_queries(12):
            page = client.get("/admin/")
        assert page.context["collected"].count > 0
    FiguresCount.objects.bulk_create(
        FiguresCount(
            merchant=merchant,
            counted_at=timezone.now(),
            months_counted_at=timezone.now(),
            on_date=timezone.localdate(),
            last_event_id=0,
            open_rows=1_000_000,
        )
        for merchant in merchants
    )
    client = signed_in(owner)
    with django_assert_max_num_queries(12):
        assert not client.get("/admin/").context["is_fresh"]


def test_charts_are_drawn_with_the_table_they_show_in_both_languages() -> None:
    merchant = make_trouble("mine", "0770000001")
    owner = signed_in(make_staff(merchant))

    for language in ("en", "ar"):
        page = owner.get("/admin/", headers={"accept-language": language}).content.decode()
        assert page.count("<svg") > 3
        assert page.count('<th scope="row">') >= 12 + 5
        assert "<script>alert" not in page
    (chart,) = owner.get("/admin/").context["charts"]
    assert len(chart.months) == 12
    of_months = [[bar for bar in month.bars if bar.css != "office-bar-collected"] for month in chart.months]
    of_months += [[bar for bar in month.bars if bar.css == "office-bar-collected"] for month in chart.months]
    assert max(sum(bar.height for bar in bars) for bars in of_months) == chart.height


def sum_behind(client: Client, url: str, amount: str = "amount") -> Decimal:
    return sum((getattr(row, amount) for row in client.get(url).context["cl"].queryset), start=Decimal(0))


def test_every_bar_leads_to_the_rows_it_was_counted_from() -> None:
    merchant, other = make_trouble("mine", "0770000001"), make_merchant("other", currency="SAR")
    make_bill(other, amount=7)
    owner = make_staff(merchant)
    Membership.objects.create(merchant=other, user=owner, role=Role.VIEWER)
    client = signed_in(owner)

    dinars, riyals = client.get("/admin/").context["charts"]

    bars = [bar for chart in (dinars, riyals) for month in chart.months for bar in month.bars]
    assert {bar.css for bar in bars} == {"office-bar-billed", "office-bar-installments", "office-bar-collected"}
    currencies = ["JOD"] * sum(len(month.bars) for month in dinars.months) + ["SAR"]
    for bar, currency in zip(bars, currencies, strict=True):
        assert money(sum_behind(client, bar.url), currency) == bar.amount, bar.label
    for age in dinars.ages:
        assert [link.text for link in age.links] == ["Bills", "Installments"]
        of_bills, of_installments = (sum_behind(client, link.url, "amount_due") for link in age.links)
        assert money(of_bills + of_installments, "JOD") == age.amount, age.title
    for way in dinars.ways:
        (link,) = way.links
        assert money(sum_behind(client, link.url), "JOD") == way.amount, way.title
    assert (len(dinars.ways), len(riyals.ways)) == (3, 0)


def test_what_came_in_today_is_each_merchants_own_day_by_method() -> None:
    # Half past midnight in Dubai, half past eleven of the day before in Amman.
    now = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    amman, dubai = make_merchant("amman"), make_merchant("dubai", time_zone="Asia/Dubai", currency="AED")
    of_stranger = make_merchant("stranger")
    for merchant in (amman, dubai, of_stranger):
        bill, clerk = make_bill(merchant, amount=9), make_staff(merchant, username=f"till-{merchant.username}")
        for method, hours in (("CASH", 0), ("CASH", 1), ("TRANSFER", 1), ("CASH", 24)):
            Payment.objects.create(
                merchant=merchant,
                customer=bill.customer,
                bill=bill,
                method=method,
                currency=bill.currency,
                amount=9,
                applied_amount=0,
                recorded_by=clerk,
                received_at=now - timedelta(hours=hours),
            )

    figure = collected_today(merchants=[amman, dubai], chosen=None, now=now)

    assert figure.count == 4
    assert [strip_tags(part) for part in figure.parts] == [
        "Cash (1) AED\xa09.00",
        "Cash (2) JOD\xa018.000",
        "Bank transfer (1) JOD\xa09.000",
    ]
    assert strip_tags(figure.sums) == "AED\xa09.00 JOD\xa027.000"


def test_a_bill_paid_leaves_home_at_once() -> None:
    merchant = make_merchant()
    bill = make_bill(merchant)
    owner = signed_in(make_staff(merchant))
    assert titles_of(owner.get("/admin/")) == {"Overdue bills"}

    Bill.objects.filter(pk=bill.pk).update(status="CANCELLED")

    assert titles_of(owner.get("/admin/")) == set()
    assert OpenFigure.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.MANAGER, {"new_bill_url", "months_url", "ages_url", "ways_url"}),
        (Role.CLERK, {"new_bill_url"}),
        (Role.VIEWER, set()),
    ],
)
def test_home_leads_to_a_new_bill_and_to_what_its_charts_are_drawn_from(role: Role, shown: set[str]) -> None:
    merchant = make_trouble("mine", "0770000001")
    client = signed_in(make_staff(merchant, role))

    page = client.get(f"/admin/?merchant={merchant.pk}").context

    addresses = {name: page.get(name) for name in ("new_bill_url", "months_url", "ages_url", "ways_url")}
    assert {name for name, address in addresses.items() if address} == shown
    for name in shown:
        assert client.get(addresses[name]).status_code == 200
