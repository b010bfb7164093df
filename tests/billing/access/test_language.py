"""A person's own language follows them; the browser's counts for who has chosen none."""

from __future__ import annotations

import pytest
from django.test import Client

from billing.models import User
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def language_of(client: Client, **headers: str) -> str:
    return str(client.get("/admin/", headers=headers).headers["Content-Language"])


def test_what_is_chosen_in_one_browser_is_read_in_another() -> None:
    user = make_staff(make_merchant())
    at_home, at_work = signed_in(user), signed_in(user)

    at_home.post("/i18n/setlang/", {"language": "ar", "next": "/admin/"})

    assert language_of(at_home) == "ar"
    assert language_of(at_work) == "ar"
    assert language_of(at_work, **{"Accept-Language": "en"}) == "ar"


def test_without_a_choice_the_browser_decides() -> None:
    client = signed_in(make_staff(make_merchant()))

    assert language_of(client, **{"Accept-Language": "ar"}) == "ar"
    assert language_of(client, **{"Accept-Language": "en"}) == "en"


def test_a_language_nobody_offers_changes_nothing() -> None:
    client = signed_in(make_staff(make_merchant()))

    client.post("/i18n/setlang/", {"language": "tlh", "next": "/admin/"})

    assert User.objects.get().language == ""
