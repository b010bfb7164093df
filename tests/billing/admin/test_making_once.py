"""A form posted for two merchants at the same instant makes one thing."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from billing.admin.acts.making_once import FormUsedAlready, make_once
from billing.admin.page_actions import Doer
from billing.clock import database_now
from billing.models import Bill, IdempotencyKey, Membership, Role
from tests.factories import make_bill, make_merchant
from tests.invoices.test_simultaneous_merges import Beside, on_postgresql
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["on_postgresql"]


def test_whoever_changes_the_merchant_while_the_first_bill_is_being_made_gets_no_second() -> None:
    mine, other = make_merchant("mine"), make_merchant("other")
    clerk = make_staff(mine, Role.CLERK)
    Membership.objects.create(merchant=other, user=clerk, role=Role.CLERK)
    doer = Doer(user=clerk, now=database_now())
    post = partial(make_once, endpoint="bills-by-hand", entries="the same", form_id="a-form-of-this-test", doer=doer)

    with transaction.atomic():
        made = post(merchant=mine, make=lambda: make_bill(mine))
        beside = Beside(lambda: post(merchant=other, make=lambda: make_bill(other)))
    with pytest.raises(FormUsedAlready):
        beside.end()

    assert Bill.objects.get().pk == made == post(merchant=mine, make=lambda: make_bill(mine))
    assert list(IdempotencyKey.objects.values_list("merchant", flat=True)) == [mine.pk]
