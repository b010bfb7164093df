"""Rows of jobs name people too, in whatever spelling, and not only under their phone."""

from __future__ import annotations

from typing import Final

import pytest
from django.utils import timezone

from billing.jobs.starting import NewRow, start_job
from billing.models import Customer, JobRow, Merchant, User
from invoices.services.forgetting import job_rows
from invoices.services.forgetting.job_rows import named_rows
from invoices.services.forgetting.person import read_person
from tests.factories import make_bill
from tests.invoices.forgetting.forget import close_everything, forget
from tests.invoices.forgetting.person import stated
from tests.invoices.forgetting.signs import SIGNS, columns_with

pytestmark = pytest.mark.django_db


def test_lines_that_name_them_at_another_phone_are_emptied(
    shop: Merchant, person: Customer, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_rows, "_LOOKED_THROUGH_AT_ONCE", 1)
    close_everything(person)
    cells = {"name": "ZAYNAB RECOGNISABLE", "phone": "0770000001"}
    JobRow.objects.filter(key__contains="Mona").update(key="3", values={"cells": cells})

    forget(person, owner)

    assert columns_with(*SIGNS) == set()


WRITTEN: Final = (
    "+962 79 123 4599",
    "079-123-4599",
    "٠٧٩ ١٢٣ ٤٥٩٩",
    "۰۷۹۱۲۳۴۵۹۹",
    "０７９１２３４５９９",
    "q=%2B962+791234599",
    "079%20123%204599",
    "a%3D%37%39%31234599",
    "of zaynab  recognisable: ZAYNAB RECOGNISABLE",
    "zaynab+recognisable",
    'Groß "die Kurze" Maßlos',
    'GROSS "DIE KURZE" MASSLOS',
    "Straße 7\nعمّان",
    "أم أحمد الخطيب",
)
OF_OTHERS: Final = ("0791234598", "79123 and 4598", "Zaynab", "Recognisable Zaynab", "أم أحمد", "50% أم", "ß", "4599")


@pytest.mark.parametrize("place", ["key", "message", "cell", "value"])
def test_a_row_is_found_however_it_names_them(place: str, shop: Merchant, owner: User) -> None:
    customer = make_bill(shop, **stated()).customer
    for name in ('Groß "die Kurze" Maßlos', "أم أحمد الخطيب"):
        make_bill(shop, **stated(customer_name=name))
    Customer.objects.filter(pk=customer.pk).update(address="Straße 7\nعمّان")
    customer.refresh_from_db()
    texts = [*WRITTEN, *OF_OTHERS]
    job = start_job(
        merchant=shop, kind="ACT", title="", rows=[NewRow() for _text in texts], created_by=owner, now=timezone.now()
    )
    kept = {
        "key": lambda text: {"key": text},
        "message": lambda text: {"message": text},
        "cell": lambda text: {"values": {"cells": {"note": text}}},
        "value": lambda text: {"values": {"note": [text]}},
    }[place]
    for position, text in enumerate(texts, start=1):
        assert job.rows.filter(position=position).update(**{"key": ""} | kept(text)) == 1

    found = named_rows(read_person(customer), [job])

    assert [texts[row.position - 1] for row in sorted(found, key=lambda row: row.position)] == list(WRITTEN)
