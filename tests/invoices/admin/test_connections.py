"""The merchant's page shows what it is connected to, to whoever may see the set-up."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from billing.models import ApiKey, Event, Role, WebhookEndpoint
from billing.services import issue_api_key, record_event
from tests.factories import make_merchant
from tests.invoices.admin.rows import make_account
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def test_what_works_and_what_does_not_is_on_the_merchants_page() -> None:
    merchant, now = make_merchant(), database_now()
    owner = signed_in(make_staff(merchant))
    address = f"/admin/billing/merchant/{merchant.pk}/change/"
    assert "None: nothing can be sent" in owner.get(address).content.decode()

    make_account(merchant, "mine", parked_at=now)
    issue_api_key(merchant=merchant, actor="user:1", now=now)
    issue_api_key(merchant=merchant, actor="user:1", now=now, expires_at=now)
    WebhookEndpoint.objects.create(merchant=merchant, url="https://a.example", secret="whsec_AAAA", disabled_at=now)
    page = owner.get(address).content.decode()

    assert all(words in page for words in ("Parked", "1 works", "1 is switched off"))
    assert all(words in page for words in ("Never tested", "Last used: never", "Last delivered: never"))


def test_the_page_says_how_the_last_test_ended_and_leads_owners_to_the_next() -> None:
    merchant, now = make_merchant(), database_now()
    account = make_account(merchant, "mine")
    issue_api_key(merchant=merchant, actor="user:1", now=now)
    ApiKey.objects.update(last_used_at="2026-01-15T10:00Z")
    record_event(
        merchant_id=merchant.pk,
        subject=Event.Subject.GATEWAY_ACCOUNT,
        subject_id=account.pk,
        name="connection_accepted",
        actor="user:1",
    )
    address = f"/admin/billing/merchant/{merchant.pk}/change/"
    test = f"/admin/invoices/gatewayaccount/{account.pk}/do/test-connection/"

    owners = signed_in(make_staff(merchant)).get(address).content.decode()
    managers = signed_in(make_staff(merchant, Role.MANAGER)).get(address).content.decode()

    for page in (owners, managers):
        assert "Test: the gateway accepts the account" in page
        assert "15 Jan 2026 13:00" in page
    assert (test in owners, test in managers) == (True, False)


def test_a_clerk_does_not_see_it() -> None:
    merchant = make_merchant()
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    assert "Connections" not in clerk.get(f"/admin/billing/merchant/{merchant.pk}/change/").content.decode()
