"""Subscriptions from a file: the same schedules as by any other way in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.importing.importing import check_file, start_import
from billing.jobs.running import run_jobs
from billing.models import ImportFile, Merchant, User
from subscriptions.models import Subscription
from tests.billing.importing.uploads import csv_file, guessed, make_importer, upload

pytestmark = pytest.mark.django_db

HEADER = "Customer,Mobile,Product,Type,Total,Installment,Day,Starts on,Payments"


def _upload(*lines: str, by: tuple[Merchant, User] | None = None) -> ImportFile:
    merchant, user = by or make_importer()
    return upload(merchant, csv_file(HEADER, *lines), by=user, now=timezone.now(), kind="SUBSCRIPTION")


def _import(file: ImportFile) -> None:
    start_import(
        merchant_id=file.merchant_id,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=file.uploaded_by,
        now=timezone.now(),
    )
    run_jobs(seconds=60)


def test_fixed_and_open_ended_plans_are_made_with_their_installments() -> None:
    _import(
        _upload("Ali,0777839071,Phone,fixed monthly,1200,100,5,2027-01-01,", "Mona,0788888888,Net,مفتوح,,25,1,,"),
    )

    fixed, endless = Subscription.objects.order_by("id")
    assert (fixed.type, fixed.total_amount, fixed.number_of_installments) == ("FIXED_MONTHLY", Decimal(1200), 12)
    assert [row.due_date.isoformat() for row in fixed.installments.order_by("sequence")[:2]] == [
        "2027-01-05",
        "2027-02-05",
    ]
    assert (endless.type, endless.recurring_amount, endless.payment_day) == ("OPEN_ENDED", Decimal(25), 1)


def test_a_custom_schedule_stands_in_one_cell() -> None:
    _import(
        _upload(
            "Ali,0777839071,Sofa,custom schedule,150.500,,,,2027-04-10 50 الدفعة الثانية; 2027-01-10 ١٠٠٫٥٠٠",
            "Mona,0788888888,Sofa,مخصص,,,,,2027-01-10 20;2027-02-10 20.000;",
        )
    )

    first, second = Subscription.objects.order_by("id")
    assert (first.type, first.total_amount, second.total_amount) == ("CUSTOM_SCHEDULE", Decimal("150.500"), Decimal(40))
    assert [
        (row.due_date.isoformat(), row.amount, row.description) for row in first.installments.order_by("sequence")
    ] == [("2027-01-10", Decimal("100.500"), ""), ("2027-04-10", Decimal(50), "الدفعة الثانية")]


def test_a_schedule_that_was_saved_again_in_another_way_is_made_once() -> None:
    importer = make_importer()
    _import(_upload("Ali,0777839071,Sofa,custom,,,,,2027-01-10 100; 2027-04-10 50", by=importer))
    like_it = _upload("Ali,0777839071,Sofa,مخصص,150,,,,2027-04-10 50.000 Last; 2027-01-10 100", by=importer)
    another = _upload("Ali,0777839071,Sofa,custom,,,,,2027-01-10 50; 2027-04-10 100", by=importer)

    known, new = (check_file(file, guessed(file), now=timezone.now()) for file in (like_it, another))

    assert (len(known.known), len(known.good)) == (1, 0)
    assert (len(new.known), len(new.good)) == (0, 1)


def test_what_does_not_fit_together_is_named_before_anything_is_made() -> None:
    file = _upload(
        "Ali,0777839071,Phone,fixed,,100,5,,",
        "Ali,0777839071,Phone,open,100,25,5,,",
        "Ali,0777839071,Phone,fixed,100,200,5,,",
        "Ali,0777839071,Phone,fixed,100000,1,5,,",
        "Ali,0777839071,Phone,weekly,,25,5,,",
        "Ali,0777839071,Phone,open,,,5,,",
        "Ali,0777839071,Phone,custom,,25,,,2027-01-10 20",
        "Ali,0777839071,Phone,custom,,,,,",
        "Ali,0777839071,Phone,custom,30,,,,2027-01-10 20",
        "Ali,0777839071,Phone,custom,,,,,2027-01-10",
        "Ali,0777839071,Phone,custom,,,,,2027-01-10 20;;2027-02-10 20",
        "Ali,0777839071,Phone,custom,,,,,10/01/2027 20",
    )

    problems = check_file(file, guessed(file), now=timezone.now()).problems

    assert [(problem.number, problem.column) for problem in problems] == [
        (2, "Total"),
        (3, "Total"),
        (4, "Installment"),
        (5, "Installment"),
        (6, "Type"),
        (7, "Installment"),
        (8, "Installment"),
        (9, "Payments"),
        (10, "Total"),
        (11, "Payments"),
        (13, "Payments"),
    ]
    assert not Subscription.objects.exists()


def test_totals_stand_apart_from_what_goes_on_and_days_are_named() -> None:
    file = _upload(
        "Ali,0777839071,Phone,fixed monthly,1200,100,5,2020-01-01,",
        "Mona,0788888888,Net,open,,25,1,2030-01-01,",
        "Omar,0799999999,Sofa,custom,,,,,2031-01-10 20; 2031-02-10 30",
    )

    checked = check_file(file, guessed(file), now=timezone.now())

    assert [(str(title), value) for title, value in checked.facts] == [
        ("Sum of fixed plans", Decimal(1200)),
        ("Sum of custom schedules", Decimal(50)),
        ("Each month, open-ended", Decimal(25)),
        ("Begin in the past", 1),
        ("First payment", date(2020, 1, 5)),
        ("Last payment", date(2031, 2, 10)),
    ]
