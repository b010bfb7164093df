"""Wrong passwords: counted for a person at an address, for the address, and for the person from everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from tests.billing.access.door import is_in, said_by, sign_in, with_password
from tests.factories import make_merchant
from tests.infrastructure.valkey import ValkeyServer
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def knock(username: str, password: str = "wrong", *, address: str = HERE) -> Any:
    return sign_in(Client(), username, password, REMOTE_ADDR=address)


def fail(username: str, *, times: int, address: str = HERE) -> None:
    """As if so many wrong passwords had been typed: hashing each would take the test's time."""
    AccessAttempt.objects.create(
        username=username, ip_address=address, user_agent="", failures_since_start=times, attempt_time=timezone.now()
    )


def test_after_five_wrong_passwords_even_the_right_one_is_refused(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))

    answers = [knock(user.username).status_code for _ in range(5)]
    locked = sign_in(client, user, REMOTE_ADDR=HERE)

    assert answers == [200, 200, 200, 200, 429]
    assert locked.status_code == 429
    assert 'href="/admin/door/forgotten/"' in locked.content.decode()
    assert not is_in(client)


def test_the_same_person_gets_in_from_another_address(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    fail(user.username, times=5)

    sign_in(client, user, REMOTE_ADDR=ELSEWHERE)

    assert is_in(client)


def test_a_wrong_password_is_told_in_one_sentence() -> None:
    page = knock(with_password(make_staff(make_merchant())).username).content.decode()

    assert page.count("errornote") == 1
    assert "do not belong together" in page


def test_known_and_unknown_people_get_the_same_pages() -> None:
    user = with_password(make_staff(make_merchant()))

    known = [knock(user.username) for _ in range(6)]
    unknown = [knock("nobody-at-all", address=ELSEWHERE) for _ in range(6)]

    assert [each.status_code for each in known] == [each.status_code for each in unknown]
    assert known[0].context["form"].errors == unknown[0].context["form"].errors
    assert said_by(known[5]).replace(user.username, "") == said_by(unknown[5]).replace("nobody-at-all", "")


def test_an_address_that_tries_many_people_is_locked_for_all() -> None:
    user = with_password(make_staff(make_merchant()))
    for number in range(25):
        fail(f"guess-{number}", times=2)

    assert sign_in(Client(), user, REMOTE_ADDR=HERE).status_code == 429
    assert sign_in(Client(), user, REMOTE_ADDR=ELSEWHERE).status_code == 302


def test_a_person_tried_from_fifty_addresses_is_locked_everywhere_but_where_they_are_known(client: Client) -> None:
    user = with_password(make_staff(make_merchant()))
    sign_in(client, user, REMOTE_ADDR=HERE)
    for number in range(50):
        fail(user.username, times=1, address=f"192.0.2.{number + 1}")

    assert sign_in(Client(), user, REMOTE_ADDR="198.51.100.1").status_code == 429
    assert sign_in(Client(), user, REMOTE_ADDR=HERE).status_code == 302


def test_a_lock_ends_by_itself() -> None:
    user = with_password(make_staff(make_merchant()))
    fail(user.username, times=5)

    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        assert sign_in(Client(), user, REMOTE_ADDR=HERE).status_code == 302


def test_a_forged_forwarding_header_makes_no_new_address(settings: Any) -> None:
    user = with_password(make_staff(make_merchant()))
    fail(user.username, times=5)

    answer = sign_in(Client(), user, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=ELSEWHERE)
    assert answer.status_code == 429

    settings.TRUSTED_PROXIES = 1
    answer = sign_in(Client(), user, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"{ELSEWHERE}, {HERE}")
    assert answer.status_code == 429


def test_wrong_passwords_are_counted_while_redis_is_away(valkey: ValkeyServer) -> None:
    user = with_password(make_staff(make_merchant()))
    fail(user.username, times=4)
    valkey.stop()

    assert knock(user.username).status_code == 429
    assert knock(user.username).status_code == 429


def test_the_platform_unlocks_and_owners_do_not_see_the_list(client: Client) -> None:
    merchant = make_merchant()
    user = with_password(make_staff(merchant))
    fail(user.username, times=5)
    row = AccessAttempt.objects.get()
    url = f"/admin/axes/accessattempt/{row.pk}/do/unlock/"

    assert signed_in(user).get("/admin/axes/accessattempt/").status_code == 403
    assert signed_in(user).post(url).status_code == 404
    assert AccessAttempt.objects.exists()
    platform = signed_in(make_administrator())
    assert user.username in platform.get("/admin/axes/accessattempt/").content.decode()
    platform.post(url)

    assert sign_in(client, user, REMOTE_ADDR=HERE).status_code == 302


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_who_may_not_come_in_gets_the_answer_of_a_wrong_password(change: dict[str, bool]) -> None:
    merchant = make_merchant()
    leaver = with_password(make_staff(merchant, username="leaver"))
    type(leaver).objects.filter(pk=leaver.pk).update(**change)

    answer, wrong = sign_in(Client(), "leaver"), sign_in(Client(), "nobody")

    assert answer.status_code == wrong.status_code == 200
    assert answer.context["form"].errors == wrong.context["form"].errors
