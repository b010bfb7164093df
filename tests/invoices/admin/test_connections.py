"""The merchant's page shows what it is connected to, to whoever may see the set-up."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from billing.models import Role, WebhookEndpoint
from billing.services import issue_api_key
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


def test_a_clerk_does_not_see_it() -> None:
    merchant = make_merchant()
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    assert "Connections" not in clerk.get(f"/admin/billing/merchant/{merchant.pk}/change/").content.decode()
