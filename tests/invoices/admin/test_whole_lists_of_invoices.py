"""Sending again all invoices a list shows: each once, none against the brakes, none that somebody has to look at."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.clock import database_now
from billing.jobs.running import run_jobs
from billing.models import Channel, Customer, Job, JobRow, Merchant, Role
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.sandbox.models import SandboxMessage
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import make_account
from tests.invoices.admin.whole_list import act_on_all, answer, ask
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff, signed_in

LIST = "/admin/invoices/invoice/"
ALL = f"{LIST}all"
Delivery, Status = Invoice.Delivery, Invoice.Status


def asked(client: Client, act: str, query: str = "") -> Any:
    return client.get(f"{ALL}/{act}/{query}").context


def outcomes() -> dict[str, tuple[str, str]]:
    rows = JobRow.objects.order_by("pk").values_list("key", "status", "message")
    return {key: (status, message) for key, status, message in rows}


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def clerk(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.CLERK))


def make_sent(merchant: Merchant, *phones: str, **columns: Any) -> list[Invoice]:
    """As the gateway would have them; it is not asked in these tests."""
    account = make_account(merchant, "mine")
    for phone in phones:
        make_bill(merchant, customer_phone=phone, amount=Decimal(10))
    issue_due(merchant=merchant, now=database_now())
    sent = {"delivery": Delivery.SENT, "gateway_id": "7", "gateway_account": account, "sent_at": database_now()}
    Invoice.objects.update(**sent | columns)
    return list(Invoice.objects.order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_each_is_sent_again_once_whatever_happens_to_the_worker(shop: SandboxedMerchant, sandbox_settings: Any) -> None:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    Merchant.objects.update(messages_per_day=3, language="en")
    for phone in ("0790000001", "0790000001", "0790000002", "0790000003", "0790000004"):
        make_bill(shop.merchant, customer_phone=phone)
    shop.issue()
    shop.push()
    first, beyond, alone, unlucky, stopped = Invoice.objects.order_by("pk")
    Customer.objects.filter(pk=stopped.customer_id).update(messages_stopped_at=database_now())
    clerk = signed_in(make_staff(shop.merchant, Role.CLERK))

    question = asked(clerk, "resend-all")["dry_run"]
    act_on_all(clerk, "resend-all", of=ALL)
    JobRow.objects.filter(target_id=unlucky.pk).update(status="STARTED")  # by a worker that died there
    run_jobs(seconds=30)
    once_more = asked(clerk, "resend-all")["dry_run"]
    act_on_all(clerk, "resend-all", f"?q={alone.number}", of=ALL)
    run_jobs(seconds=30)

    assert (question.count, question.able) == (5, 3)
    assert [reason.split(".")[0] for reason, _count in question.reasons] == [
        "Somebody answered at this phone who is not the customer, so no messages are sent there",
        "This customer has had as many messages today as the merchant allows",
    ]
    of_first_job = dict(Job.objects.order_by("pk")[0].rows.values_list("target_id", "status"))
    assert of_first_job == {
        first.pk: "DONE", beyond.pk: "REFUSED", alone.pk: "DONE", unlucky.pk: "UNSURE", stopped.pk: "REFUSED",
    }  # fmt: skip
    assert once_more.able == 1
    assert Job.objects.order_by("pk")[1].rows.get().status == "REFUSED"
    resent = SandboxMessage.objects.filter(kind=SandboxMessage.Kind.RESEND).order_by("pk")
    assert list(resent.values_list("invoice__reference_number", flat=True)) == [first.reference, alone.reference]


@pytest.mark.django_db
class TestWhatIsPassedOver:
    def test_the_question_says_of_each_why(self, merchant: Merchant, clerk: Client) -> None:
        phones = [f"079000000{n}" for n in range(6)]
        ready, paid, bare, cancelling, unknown, just_now = make_sent(merchant, *phones)
        Invoice.objects.filter(pk=paid.pk).update(status=Status.CANCELLED, cancelled_at=database_now())
        Invoice.objects.filter(pk=bare.pk).update(channel=Channel.LINK)
        Invoice.objects.filter(pk=cancelling.pk).update(cancel_requested_at=database_now())
        Invoice.objects.filter(pk=unknown.pk).update(delivery=Delivery.UNKNOWN)
        DeliveryAttempt.objects.create(
            merchant=merchant,
            invoice=just_now,
            gateway_account=just_now.gateway_account,
            action=DeliveryAttempt.Action.RESEND,
            channel=just_now.channel,
            outcome=DeliveryAttempt.Outcome.DONE,
            started_at=database_now(),
        )

        question = asked(clerk, "resend-all")

        assert (question["dry_run"].count, [row.pk for row in question["dry_run"].able_rows]) == (6, [ready.pk])
        assert dict(question["dry_run"].reasons) == {
            "Cancelled": 1,
            "It goes as a bare link, which the gateway does not send.": 1,
            "It is being cancelled at the gateway.": 1,
            "Outcome unknown": 1,
            "This invoice was sent again a moment ago. Give the customer two minutes before the next message.": 1,
        }
        assert str(question["dry_run"].sums[0].amount).count("60.000") == 1
        assert not Job.objects.exists()

    def test_nothing_goes_out_in_quiet_times(self, merchant: Merchant, clerk: Client) -> None:
        (invoice,) = make_sent(merchant, "0790000001")
        form = ask(clerk, "resend-all", of=ALL)
        Merchant.objects.update(quiet_from=time(0), quiet_until=time.max)

        foretold = asked(clerk, "resend-all")["dry_run"].reasons
        answer(clerk, "resend-all", of=ALL, **form)
        run_jobs(seconds=30)

        assert foretold == [
            ("The merchant sends nothing at this hour or on this day. Try again after its quiet time.", 1)
        ]
        assert outcomes() == {invoice.number: ("REFUSED", foretold[0][0])}
        assert not DeliveryAttempt.objects.exists()

    def test_an_account_that_is_parked_is_foretold(self, merchant: Merchant, clerk: Client) -> None:
        make_sent(merchant, "0790000001", "0790000002")
        GatewayAccount.objects.update(parked_at=database_now())

        ((reason, count),) = asked(clerk, "resend-all")["dry_run"].reasons

        assert reason.startswith("The gateway refuses this account, so it is not called.")
        assert count == 2

    def test_a_stranger_sees_none_of_them(self, merchant: Merchant) -> None:
        (invoice,) = make_sent(merchant, "0790000001")
        stranger = signed_in(make_staff(make_merchant("stranger"), Role.CLERK, username="stranger"))

        for act in ("resend-all", "replace-refused"):
            assert asked(stranger, act)["dry_run"].count == 0
            act_on_all(stranger, act, of=ALL)
            ticked = {"action": act, "_selected_action": [invoice.pk], "confirmed": "1"}
            stranger.post(LIST, ticked)

        assert not Job.objects.exists()
        assert not DeliveryAttempt.objects.exists()


@pytest.mark.django_db
class TestRefusedOnes:
    def test_they_are_replaced_once_and_what_needs_a_look_stays(self, merchant: Merchant, clerk: Client) -> None:
        refused, unknown, parked, fine = make_sent(merchant, *(f"079000000{n}" for n in range(4)))
        for invoice, delivery in ((refused, Delivery.REJECTED), (unknown, Delivery.UNKNOWN), (parked, Delivery.PARKED)):
            Invoice.objects.filter(pk=invoice.pk).update(delivery=delivery, problem="x")

        for _ in range(2):
            act_on_all(clerk, "replace-refused", of=ALL)
            run_jobs(seconds=30)

        first_job, second_job = Job.objects.order_by("pk")
        said = dict(first_job.rows.values_list("target_id", "message"))
        (successor,) = Invoice.objects.filter(issue_no=2)
        assert successor.bill == refused.bill
        assert said[refused.pk] == f"Invoice {successor.number} will be sent within a minute."
        for invoice in (unknown, parked):
            assert said[invoice.pk].endswith("It was not refused, it waits for a decision of its own: see its page.")
        assert said[fine.pk] == "This cannot be done to it as it is now: Sent"
        assert (first_job.done_count, second_job.done_count) == (1, 0)
        assert set(Invoice.objects.filter(problem="x").values_list("delivery", flat=True)) == {
            Delivery.REJECTED, Delivery.UNKNOWN, Delivery.PARKED,
        }  # fmt: skip


@pytest.mark.django_db
def test_the_list_says_by_what_each_was_sent_and_finds_them_by_it(merchant: Merchant, clerk: Client) -> None:
    by_sms, by_whatsapp = make_sent(merchant, "0790000001", "0790000002")
    Invoice.objects.filter(pk=by_whatsapp.pk).update(channel=Channel.WHATSAPP)

    everything = clerk.get(LIST).content.decode()
    found = clerk.get(f"{LIST}?channel=WHATSAPP").content.decode()

    assert everything.count("field-channel_shown") == 2
    assert by_whatsapp.number in found
    assert by_sms.number not in found
