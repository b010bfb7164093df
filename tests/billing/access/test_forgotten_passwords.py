"""A letter for who forgot the password: what it opens, for whom, how often."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from billing.access.letters import send_letters
from billing.models import AccessMail, Event, User
from tests.billing.access.door import is_in, phone_of, said_by, sign_in, with_password
from tests.billing.access.letters import FORGOTTEN, NEW, delivered, link_in
from tests.factories import make_merchant
from tests.infrastructure.ports import free_port
from tests.invoices.reminders.mail_server import mail_server
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def forgetful(**more: Any) -> User:
    return with_password(make_staff(make_merchant(), email="lina@example.com", **more))


def test_the_link_sets_a_password_once_and_ends_the_sessions(client: Client) -> None:
    user = forgetful()
    session = signed_in(user)
    client.post(FORGOTTEN, {"email": "Lina@Example.com"})
    (letter,) = delivered()

    form_page = client.get(link_in(letter), follow=True)
    answer = client.post(form_page.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    again = Client().get(link_in(letter), follow=True)

    assert letter.to == ["lina@example.com"]
    assert answer["Location"] == "/admin/login/"
    assert not is_in(session)
    assert "used already" in again.content.decode()
    sign_in(client, user, NEW)
    assert is_in(client)
    assert Event.objects.get(name="password_reset").details == {"person": user.username}


def test_a_new_password_is_no_way_around_the_second_factor(client: Client) -> None:
    user = forgetful()
    phone_of(user)
    client.post(FORGOTTEN, {"email": user.email})
    page = client.get(link_in(delivered()[0]), follow=True)

    client.post(page.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    sign_in(client, user, NEW)

    assert not is_in(client)


def test_known_and_unknown_addresses_get_the_same_answer(client: Client) -> None:
    user = forgetful()

    known, unknown = (client.post(FORGOTTEN, {"email": email}) for email in (user.email, "nobody@example.com"))

    assert known.status_code == unknown.status_code == 200
    assert said_by(known) == said_by(unknown)
    assert [letter.to for letter in delivered()] == [[user.email]]


def test_the_links_host_is_ours_whatever_the_request_says(client: Client, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["*"]
    user = forgetful()

    client.post(FORGOTTEN, {"email": user.email}, HTTP_HOST="evil.test", HTTP_X_FORWARDED_HOST="evil.test")

    (letter,) = delivered()
    assert "evil.test" not in letter.body
    assert "http://testserver/admin/door/password/" in letter.body


def test_a_mailbox_is_not_flooded_and_the_answer_does_not_change(client: Client) -> None:
    user = forgetful()

    answers = {said_by(client.post(FORGOTTEN, {"email": user.email})) for _ in range(10)}

    assert len(answers) == 1
    assert len(delivered()) == 3


def test_an_address_asks_for_twenty_mailboxes_an_hour_at_most(client: Client) -> None:
    for number in range(30):
        client.post(FORGOTTEN, {"email": f"somebody-{number}@example.com"}, REMOTE_ADDR="203.0.113.7")

    assert AccessMail.objects.count() == 20


def test_the_link_is_good_for_an_hour(client: Client) -> None:
    client.post(FORGOTTEN, {"email": forgetful().email})
    link = link_in(delivered()[0])

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert "too old" in client.get(link, follow=True).content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"password": "!unusable"}])
def test_who_may_not_sign_in_is_sent_nothing(change: dict[str, Any], client: Client) -> None:
    user = forgetful()
    User.objects.filter(pk=user.pk).update(**change)

    client.post(FORGOTTEN, {"email": user.email})

    assert delivered() == []


def test_a_letter_that_could_not_be_sent_is_tried_again(client: Client, settings: Any) -> None:
    user = forgetful()
    client.post(FORGOTTEN, {"email": user.email})
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    send_letters(now=timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_letters(now=timezone.now()) == 0
    assert send_letters(now=timezone.now() + timedelta(minutes=3)) == 1
    assert len(mail.outbox) == 1
    assert send_letters(now=timezone.now() + timedelta(minutes=30)) == 0


def use_mail_server(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def test_while_the_mail_server_is_away_one_letter_is_tried_a_pass_and_all_leave_a_day_later(settings: Any) -> None:
    now, emails = timezone.now(), {f"{name}@example.com" for name in ("lina", "rami", "huda")}
    for email in emails:
        with_password(make_staff(make_merchant(email.split("@")[0]), email=email))
        AccessMail.objects.create(email=email, network="10.0.0.1", wanted_at=now, next_attempt_at=now)
    use_mail_server(settings, free_port())

    passes = [send_letters(now=now + timedelta(minutes=5 * number)) for number in range(12 * 24)]

    assert set(passes) <= {0, 1}
    with mail_server("takes") as (port, messages):
        use_mail_server(settings, port)
        send_letters(now=now + timedelta(hours=25))
        assert {email for email in emails for message in messages if email in message} == emails


def test_an_address_that_the_mail_server_refuses_is_tried_six_times(settings: Any) -> None:
    now, user = timezone.now(), forgetful()
    AccessMail.objects.create(email=user.email, network="10.0.0.1", wanted_at=now, next_attempt_at=now)

    with mail_server("refuses") as (port, _messages):
        use_mail_server(settings, port)
        tried = [send_letters(now=now + timedelta(hours=number)) for number in range(10)]

    assert tried == [1] * 6 + [0] * 4


def test_without_a_mail_server_the_letters_are_files_whose_links_are_whole(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    user = forgetful(language="ar")

    Client().post(FORGOTTEN, {"email": user.email})
    send_letters(now=timezone.now())

    (letter,) = tmp_path.iterdir()
    found = re.search(rf"{settings.PUBLIC_BASE_URL}(/admin/door/\S+)", letter.read_text())
    assert found
    assert Client().get(found[1], follow=True).context["validlink"]
