from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import ApiKey, Bill, Merchant
from billing.services import revoke_api_key
from tests.contract.api_client import BILL, ApiClient, answer_of, created, refused
from tests.factories import make_api_key, make_merchant


@pytest.mark.parametrize("blank", ["", " ", "\t "])
def test_a_blank_key_is_no_key(api: ApiClient, blank: str) -> None:
    refused(api.add_bill(x_api_key=blank), 401, "NO_API_KEY")


def test_a_key_anywhere_else_does_not_count(api: ApiClient) -> None:
    response = api.send(
        f"/razzbery/v1/add/bill?X-API-Key={api.key}&api_key={api.key}",
        {"X-API-Key": api.key},
        x_api_key="",
        Authorization=f"Bearer {api.key}",
    )

    refused(response, 401, "NO_API_KEY")


def test_every_key_that_is_not_good_here_is_refused_alike(merchant: Merchant) -> None:
    now = timezone.now()
    stranger = make_merchant("stranger")
    inactive = make_merchant("inactive", is_active=False)
    good, revoked = make_api_key(merchant), make_api_key(merchant)
    revoke_api_key(prefix=revoked[:12], actor="system", now=now)
    expired = make_api_key(merchant, expires_at=now - timedelta(seconds=1))

    answers = {
        ApiClient(addressed, key).add_bill().content
        for addressed, key in [
            (merchant, "bk_unknownxyz"),
            (merchant, good[:-1]),
            (merchant, f"{good},{good}"),
            (merchant, f"{good}é"),
            (merchant, revoked),
            (merchant, expired),
            (merchant, make_api_key(stranger)),
            (inactive, make_api_key(inactive)),
            (Merchant(username="nobody"), good),
            (stranger, good),
        ]
    }

    assert len(answers) == 1
    refused(ApiClient(merchant, "wrong").add_bill(), 401, "INVALID_API_KEY")


def test_the_key_is_checked_before_the_body_is_read(api: ApiClient) -> None:
    refused(api.add_bill(b"\xff", content_type="text/plain", x_api_key="wrong"), 401, "INVALID_API_KEY")


def test_a_401_says_which_header_it_wants(api: ApiClient) -> None:
    assert api.add_bill(x_api_key="").headers["WWW-Authenticate"] == 'ApiKey header="X-API-Key"'


def test_a_key_good_until_later_works_and_its_use_is_noted(merchant: Merchant) -> None:
    key = make_api_key(merchant, expires_at=timezone.now() + timedelta(minutes=1))

    created(ApiClient(merchant, key).add_bill())

    assert ApiKey.objects.get().last_used_at is not None


def test_a_bill_belongs_to_the_merchant_whose_key_it_came_with(api: ApiClient) -> None:
    stranger = make_merchant("stranger")

    response = api.add_bill({**BILL, "merchant": stranger.pk, "username": "stranger"})

    assert answer_of(response)["success"] is True
    assert Bill.objects.get().merchant.username == "razzbery"
