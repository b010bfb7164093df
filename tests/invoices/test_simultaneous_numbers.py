"""Staff move numbers while an import locks customers in the order of theirs: both get what they want."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import OperationalError, transaction

from billing.clock import database_now
from billing.models import Customer
from billing.services.merged_customers import release_number
from invoices.services.corrected_phones import correct_phone
from tests.factories import make_bill
from tests.invoices.pages.documents import make_shop
from tests.invoices.test_merge_customers import merge
from tests.invoices.test_simultaneous_merges import Beside, on_postgresql
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["on_postgresql"]


def beside_an_import(act: Callable[[], object], *, lower: Customer, higher: Customer) -> None:
    """The act holds the higher number and waits for the lower, and the import the other way round."""
    rows = Customer.objects.select_for_update()
    # The act waits for longer and is given up. On a slow machine it may be the import, which comes again by itself.
    with suppress(OperationalError), transaction.atomic():
        rows.get(pk=lower.pk)
        moving = Beside(act)
        rows.get(pk=higher.pk)
    moving.end()


def test_a_number_is_corrected_and_let_go_though_the_database_gave_it_up_once() -> None:
    shop = make_shop()
    lower, higher = (make_bill(shop, customer_phone=phone).customer for phone in ("0770000001", "0790000009"))
    user, now = make_staff(shop), database_now()
    merge(higher, lower, user)
    stated = {"merchant_id": shop.pk, "customer_id": higher.pk, "now": now}

    beside_an_import(lambda: release_number(**stated, former_id=lower.pk, actor="user:1"), lower=lower, higher=higher)

    lower.refresh_from_db()
    assert lower.phone == f"-{lower.pk}"
    stopped = make_bill(shop, customer_phone="0770000001").customer
    stopped.bills.all().delete()
    Customer.objects.filter(pk=stopped.pk).update(messages_stopped_at=now)

    beside_an_import(lambda: correct_phone(**stated, phone="0770000001", user=user), lower=stopped, higher=higher)

    higher.refresh_from_db()
    assert higher.phone == "+962770000001"
