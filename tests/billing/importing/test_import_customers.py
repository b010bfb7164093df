"""Customers from a file: new ones made, known ones brought up to date; nothing stated is nothing changed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from billing.importing.importing import start_import
from billing.jobs.running import run_jobs
from billing.models import Customer
from tests.billing.importing.uploads import csv_file, guessed, make_importer, upload
from tests.factories import make_bill

pytestmark = pytest.mark.django_db


def test_new_customers_are_made_and_known_ones_brought_up_to_date() -> None:
    merchant, user = make_importer()
    make_bill(merchant, customer_name="Old name", customer_phone="0777839071", customer_email="old@example.com")
    content = csv_file("الاسم;رقم الجوال;الرقم الوطني;البريد", "New name;0777839071;9991234567;", "منى;٠٧٨٨٨٨٨٨٨٨;;")
    file = upload(merchant, content, by=user, now=timezone.now(), kind="CUSTOMER")

    start_import(
        merchant_id=merchant.pk,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=user,
        now=timezone.now(),
    )
    run_jobs(seconds=60)

    known, new = Customer.objects.order_by("id")
    assert (known.name, known.national_id, known.email) == ("New name", "9991234567", "old@example.com")
    assert (new.name, new.phone) == ("منى", "+962788888888")
