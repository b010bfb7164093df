"""The cashier's pages: refunds asked for and approved, shifts opened and closed, notes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.models import Bill, Event, Merchant, Role
from invoices.models import Payment, Refund, Shift
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import take
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal(50))


@pytest.fixture
def cashier(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.CASHIER))


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


@pytest.fixture
def payment(merchant: Merchant) -> Payment:
    return take(make_bill(merchant, amount=Decimal(100)), "100")


def asked(payment: Payment, amount: str = "60", left: str = "100", **form: str) -> tuple[str, dict[str, str]]:
    values = {"amount": amount, "left": left, "method": "CASH", "reason": "paid twice"}
    return f"/admin/invoices/payment/{payment.pk}/do/refund/", values | form


def at(refund: Refund, act: str) -> str:
    return f"/admin/invoices/refund/{refund.pk}/do/{act}/"


class TestRefunds:
    def test_a_large_one_goes_through_two_pairs_of_hands(
        self, payment: Payment, cashier: Client, manager: Client
    ) -> None:
        address, form = asked(payment)
        (waits,) = told(cashier.post(address, form, follow=True))
        refund = Refund.objects.get()
        manager.post(at(refund, "approve"))
        (given,) = told(cashier.post(at(refund, "given-back"), {"reference": ""}, follow=True))

        refund.refresh_from_db()
        assert waits == "The refund waits for somebody else's approval."
        assert given == "JOD\u00a060.000 given back."
        assert refund.decided_by is not None
        assert refund.decided_by.username == "manager-razzbery"
        assert Bill.objects.get().amount_refunded == Decimal(60)
        assert (
            "Money given back" in cashier.get(f"/admin/billing/bill/{Bill.objects.get().pk}/change/").content.decode()
        )

    def test_nobody_approves_their_own(self, payment: Payment, manager: Client) -> None:
        manager.post(*asked(payment))
        refund = Refund.objects.get()

        page = manager.get(f"/admin/invoices/refund/{refund.pk}/change/").content.decode()
        refused = told(manager.post(at(refund, "approve"), follow=True))[-1]

        assert ("/do/reject/" in page, "/do/approve/" in page) == (True, False)
        assert refused.startswith("This is approved by somebody else")
        assert Refund.objects.get().status == Refund.Status.REQUESTED

    def test_the_same_click_twice_asks_once(self, payment: Payment, cashier: Client) -> None:
        cashier.post(*asked(payment, amount="10"))
        again = cashier.post(*asked(payment, amount="10"))

        assert "Another refund was asked for" in str(again.context["form"].non_field_errors())
        assert Refund.objects.count() == 1

    @pytest.mark.parametrize("typed", ["٦٠٫٥", "60.5", " 60.500 "])
    def test_an_amount_is_typed_on_any_keyboard(self, typed: str, payment: Payment, cashier: Client) -> None:
        cashier.post(*asked(payment, amount=typed))

        assert Refund.objects.get().amount == Decimal("60.5")

    def test_an_amount_that_could_be_two_is_not_guessed(self, payment: Payment, cashier: Client) -> None:
        page = cashier.post(*asked(payment, amount="1,200"))

        assert "with a point before the decimals" in page.content.decode()
        assert not Refund.objects.exists()

    @pytest.mark.parametrize(
        "form", [{"amount": "0"}, {"amount": "-1"}, {"amount": "1.0001"}, {"reason": ""}, {"method": "GATEWAY"}]
    )
    def test_what_cannot_be_is_said_on_the_form(self, form: dict[str, str], payment: Payment, cashier: Client) -> None:
        response = cashier.post(*asked(payment, **form))

        assert set(response.context["form"].errors) == set(form)
        assert not Refund.objects.exists()

    def test_the_limit_is_the_owners_to_set(self, merchant: Merchant, manager: Client) -> None:
        address = f"/admin/billing/merchant/{merchant.pk}/change/"
        owner = signed_in(make_staff(merchant, Role.OWNER))

        assert 'name="second_person_above"' not in manager.get(address).content.decode()
        assert 'name="second_person_above"' in owner.get(address).content.decode()
        for reader in (manager, owner):
            assert "less owed after a change" in reader.get(address).content.decode()


class TestShifts:
    @pytest.fixture
    def shift(self, merchant: Merchant, cashier: Client) -> Shift:
        cashier.post(f"/admin/billing/merchant/{merchant.pk}/do/open-shift/", {"opening_float": "20"})
        return Shift.objects.get()

    def test_the_list_leads_to_a_new_one(self, merchant: Merchant, cashier: Client) -> None:
        page = cashier.get("/admin/invoices/shift/").content.decode()

        assert f"/admin/billing/merchant/{merchant.pk}/do/open-shift/" in page
        viewer = signed_in(make_staff(merchant, Role.VIEWER))
        assert "open-shift" not in viewer.get("/admin/invoices/shift/").content.decode()

    def test_whoever_opens_one_lands_on_it_also_when_it_was_open_already(
        self, merchant: Merchant, shift: Shift, cashier: Client
    ) -> None:
        address = f"/admin/billing/merchant/{merchant.pk}/do/open-shift/"

        response = cashier.post(address, {"opening_float": "30"}, follow=True)

        assert response.redirect_chain[-1][0] == f"/admin/invoices/shift/{shift.pk}/change/"
        assert told(response)[-1] == "You have an open shift already. Close it before you open another."
        assert Shift.objects.get() == shift

    def test_a_difference_is_said_before_it_is_closed(self, shift: Shift, cashier: Client) -> None:
        address = f"/admin/invoices/shift/{shift.pk}/do/close/"

        asked_again = cashier.post(address, {"CASH": "19", "TRANSFER": "0"})
        assert "a difference of" in str(asked_again.context["form"].errors["CASH"])
        assert Shift.objects.get().is_open

        cashier.post(address, {"CASH": "19", "TRANSFER": "0", "note": "a coin is missing"})
        shift.refresh_from_db()
        assert (shift.is_open, shift.note) == (False, "a coin is missing")

    def test_the_sheet_shows_what_was_counted_and_no_strangers_eyes(self, shift: Shift, cashier: Client) -> None:
        cashier.post(f"/admin/invoices/shift/{shift.pk}/do/close/", {"CASH": "20", "TRANSFER": "0"})
        sheet = f"/admin/invoices/shift/{shift.pk}/sheet/"
        stranger = signed_in(make_staff(make_merchant("stranger")))

        page = cashier.get(sheet).content.decode()

        assert "20.000" in page
        assert "cashier-razzbery" in page
        assert stranger.get(sheet).status_code == 404

    def test_another_cashier_is_told_whose_it_is(self, merchant: Merchant, shift: Shift, manager: Client) -> None:
        other = signed_in(make_staff(merchant, Role.CASHIER, username="other"))
        address, form = f"/admin/invoices/shift/{shift.pk}/do/close/", {"CASH": "20", "TRANSFER": "0"}

        (refused,) = told(other.post(address, form, follow=True))
        assert refused.startswith("This is somebody else's shift.")
        assert Shift.objects.get().is_open

        manager.post(address, form)
        assert not Shift.objects.get().is_open


class TestNotes:
    def test_they_stand_in_every_timeline(self, merchant: Merchant, cashier: Client) -> None:
        bill = make_bill(merchant)
        plan = make_subscription(merchant, "CUSTOM_SCHEDULE")
        addresses = [
            f"/admin/billing/bill/{bill.pk}/",
            f"/admin/billing/customer/{bill.customer_id}/",
            f"/admin/subscriptions/subscription/{plan.pk}/",
            f"/admin/subscriptions/installment/{plan.installments.all()[0].pk}/",
        ]

        for address in addresses:
            cashier.post(f"{address}do/note/", {"text": "spoke to <her> son"})

            page = cashier.get(f"{address}change/").content.decode()
            assert "spoke to &lt;her&gt; son" in page, address
            assert "cashier-razzbery" in page

    def test_five_hundred_characters_are_enough(self, merchant: Merchant, cashier: Client) -> None:
        bill = make_bill(merchant)
        address = f"/admin/billing/bill/{bill.pk}/do/note/"

        refused = cashier.post(address, {"text": "x" * 501})
        assert "text" in refused.context["form"].errors
        assert not Event.objects.filter(name="noted").exists()

        cashier.post(address, {"text": "x" * 500})
        assert Event.objects.get(name="noted").details == {"note": "x" * 500}
