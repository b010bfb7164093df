"""What the office sees of shifts: differences that hide nothing, entries one can look up, cash that is in no shift."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.clock import database_now
from billing.models import Bill, Merchant, Role, User
from invoices.models import Payment, Refund, Shift
from invoices.services.refunds import complete_refund, request_refund
from invoices.services.shifts import METHODS, close_shift, open_shift
from tests.factories import make_bill, make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

HOME, LIST, PAYMENTS = "/admin/", "/admin/invoices/shift/", "/admin/invoices/payment/"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal(1000))


@pytest.fixture
def user(merchant: Merchant) -> User:
    return make_staff(merchant, Role.CASHIER)


@pytest.fixture
def cashier(user: User) -> Client:
    return signed_in(user)


@pytest.fixture
def shift(merchant: Merchant, user: User) -> Shift:
    return open_shift(merchant=merchant, cashier=user, opening_float=Decimal(20), now=database_now())


def take(client: Client, bill: Bill, method: str = "CASH") -> Any:
    form = {"method": method, "amount": str(bill.amount), "owed": str(bill.amount), "note": ""}
    return client.post(f"/admin/billing/bill/{bill.pk}/do/record-payment/", form)


def give_back(payment: Payment, user: User, amount: str) -> None:
    refund = request_refund(
        merchant=payment.merchant,
        payment_id=payment.pk,
        amount=Decimal(amount),
        method=Refund.Method.TRANSFER,
        reason="returned",
        user=user,
        now=database_now(),
    )
    complete_refund(merchant_id=refund.merchant_id, refund_id=refund.pk, reference="R", user=user, now=database_now())


def close(shift: Shift, cash: str, transfers: str) -> None:
    close_shift(
        merchant_id=shift.merchant_id,
        shift_id=shift.pk,
        counted=dict(zip(METHODS, (Decimal(cash), Decimal(transfers)), strict=True)),
        note="counted twice",
        user=shift.cashier,
        may_close_others=False,
        now=database_now(),
    )


def cell(client: Client) -> str:
    page = client.get(LIST).content.decode()
    found = re.search(r'class="[^"]*field-difference_shown.*?</td>', page, re.DOTALL)
    assert found is not None
    return found.group()


class TestDifferences:
    def test_a_shortage_is_not_made_up_for_by_another_method(self, shift: Shift, cashier: Client) -> None:
        close(shift, "15", "5")

        shown = cell(cashier)

        assert "None" not in shown
        assert re.search(r'office-late">[^<]*Cash.*5\.000', shown)
        assert shown.index("Cash") < shown.index("Bank transfer")
        page = cashier.get(f"{LIST}{shift.pk}/change/").content.decode()
        assert page.count("office-late") == 1

    def test_none_where_every_method_agrees(self, shift: Shift, cashier: Client) -> None:
        close(shift, "20", "0")

        assert "None" in cell(cashier)


class TestEntries:
    def test_each_names_its_document_and_receipt_and_methods_are_summed(
        self, merchant: Merchant, shift: Shift, cashier: Client
    ) -> None:
        for amount, method in (("10", "CASH"), ("2.500", "CASH"), ("7", "TRANSFER")):
            take(cashier, make_bill(merchant, amount=Decimal(amount)), method)

        give_back(Payment.objects.get(amount=Decimal(7)), shift.cashier, "1.250")

        page = cashier.get(f"{LIST}{shift.pk}/change/").content.decode()
        sheet = cashier.get(f"{LIST}{shift.pk}/sheet/").content.decode()

        for payment in Payment.objects.all():
            assert payment.receipt_no
            for shown in (page, sheet):
                assert payment.receipt_no in shown
                assert payment.bill
                assert payment.bill.billing_no in shown
            assert f'href="/admin/billing/bill/{payment.bill_id}/change/"' in page
            assert f'href="{PAYMENTS}{payment.pk}/change/"' in page
        for shown in (page, sheet):
            assert "12.500" in shown
            assert "Refund" in shown
            assert "-JOD\u00a01.250" in shown
            assert "JOD\u00a05.750" in shown
            assert shown.index("2.500") < shown.index("12.500")

    def test_its_page_costs_the_same_with_more_of_them(self, merchant: Merchant, shift: Shift, cashier: Client) -> None:
        take(cashier, make_bill(merchant))
        cashier.get(f"{LIST}{shift.pk}/change/")
        with CaptureQueriesContext(connection) as for_one:
            cashier.get(f"{LIST}{shift.pk}/change/")
        for _ in range(3):
            take(cashier, make_bill(merchant))

        with CaptureQueriesContext(connection) as for_four:
            cashier.get(f"{LIST}{shift.pk}/change/")

        assert len(for_four) == len(for_one)


class TestOpeningOne:
    def test_it_is_not_offered_to_whom_has_one(self, merchant: Merchant, shift: Shift, cashier: Client) -> None:
        pages = [LIST, HOME]
        colleague = signed_in(make_staff(merchant, Role.CASHIER, username="colleague"))

        for page in pages:
            assert "open-shift" not in cashier.get(page).content.decode()
            assert "open-shift" in colleague.get(page).content.decode()

        close(shift, "20", "0")
        for page in pages:
            assert "open-shift" in cashier.get(page).content.decode()

    def test_home_says_whether_it_is_open(self, merchant: Merchant, cashier: Client, user: User) -> None:
        assert f"/admin/billing/merchant/{merchant.pk}/do/open-shift/" in cashier.get(HOME).content.decode()

        shift = open_shift(merchant=merchant, cashier=user, opening_float=Decimal(0), now=database_now())
        page = cashier.get(HOME).content.decode()

        assert "open-shift" not in page
        assert f"{LIST}{shift.pk}/change/" in page

    def test_who_takes_no_money_is_told_of_no_shift(self, merchant: Merchant, shift: Shift) -> None:
        for role in (Role.VIEWER, Role.CLERK, Role.AUDITOR):
            page = signed_in(make_staff(merchant, role)).get(HOME).content.decode()
            assert "office-home-shift" not in page


class TestCashWithoutOne:
    def test_it_is_said_before_it_is_taken_and_the_way_leads_back(
        self, merchant: Merchant, cashier: Client, user: User
    ) -> None:
        bill = make_bill(merchant)
        address = f"/admin/billing/bill/{bill.pk}/do/record-payment/"

        warned = cashier.get(address).content.decode()
        (link,) = re.findall(r'href="([^"]*open-shift[^"]*)"', warned)
        opened = cashier.post(link, {"opening_float": "0"})

        assert "You have no open shift" in warned
        assert opened["Location"] == address
        assert Shift.objects.get().cashier == user
        assert "You have no open shift" not in cashier.get(address).content.decode()

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"]
    )
    def test_the_way_back_leads_nowhere_else(self, elsewhere: str, merchant: Merchant, cashier: Client) -> None:
        opened = cashier.post(
            f"/admin/billing/merchant/{merchant.pk}/do/open-shift/?next={elsewhere}", {"opening_float": "0"}
        )

        assert opened["Location"] == f"{LIST}{Shift.objects.get().pk}/change/"

    def test_a_manager_finds_it_and_a_cashier_is_not_offered_it(self, merchant: Merchant, cashier: Client) -> None:
        manager = signed_in(make_staff(merchant, Role.MANAGER))
        outside, transfer, old = (make_bill(merchant, amount=Decimal(amount)) for amount in ("5", "6", "7"))
        take(cashier, outside)
        take(cashier, transfer, "TRANSFER")
        take(cashier, old)
        Payment.objects.filter(bill=old).update(received_at=database_now() - timedelta(days=20))
        open_shift(
            merchant=merchant,
            cashier=User.objects.get(username="cashier-razzbery"),
            opening_float=Decimal(0),
            now=database_now(),
        )
        take(cashier, make_bill(merchant))
        stranger = signed_in(make_staff(make_merchant("stranger")))

        def found(client: Client, days: str) -> list[int]:
            rows = client.get(f"{PAYMENTS}?outside_shifts={days}").context["cl"].result_list
            return sorted(row.bill_id for row in rows)

        assert found(manager, "7") == [outside.pk]
        assert found(manager, "31") == [outside.pk, old.pk]
        assert found(manager, "nonsense") == found(cashier, "7") == found(stranger, "31") == []
        assert "outside_shifts=7" in manager.get(LIST).content.decode()
        assert "outside_shifts" not in cashier.get(LIST).content.decode()
