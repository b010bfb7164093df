"""
Another e-mail address for a person: links for new passwords go to it, so it is used once it is known to be theirs.

The letter to it has a link that the person opens while they are signed in: an address that was mistyped belongs to
somebody else, who must not get in by it. The old address is told at once, while something can still be done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import EmailChange, User

VALID_FOR: Final = timedelta(days=2)
# A stranger's mailbox must not be flooded through us.
_HOUR: Final = timedelta(hours=1)
_MOST_IN_AN_HOUR: Final = 3
_SALT: Final = "billing.access.email_changes"


class SameEmail(DomainError):
    code = "SAME_EMAIL"
    message = gettext_noop("This is the present address already. Enter another one.")


class TooManyEmailChanges(DomainError):
    code = "TOO_MANY_EMAIL_CHANGES"
    message = gettext_noop("Three letters in one hour are enough. Look among the unwanted mail, or wait a while.")


class EmailChangeClosed(DomainError):
    code = "EMAIL_CHANGE_CLOSED"
    message = gettext_noop("This link was used, is too old, or another address was entered since. Enter it once more.")


@transaction.atomic
def ask_email_change(*, person: User, email: str, now: datetime) -> EmailChange:
    """
    Have a letter sent to the new address, and one to the old; nothing changes until the link is opened.

    :raises SameEmail: there is nothing to change
    :raises TooManyEmailChanges: beyond three letters in an hour
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if locked.email == email:
        raise SameEmail
    if locked.email_changes.filter(asked_at__gt=now - _HOUR).count() >= _MOST_IN_AN_HOUR:
        raise TooManyEmailChanges
    return EmailChange.objects.create(person=locked, email=email, asked_at=now, next_attempt_at=now)


def waiting_email_change(person: User, *, now: datetime) -> EmailChange | None:
    """The one that may still be confirmed."""
    return person.email_changes.filter(asked_at__gt=now - VALID_FOR).order_by("-pk").first()


def token_of(change: EmailChange) -> str:
    """The link's secret: signed, and worth nothing once the row is gone."""
    return signing.dumps([change.pk, change.asked_at.timestamp()], salt=_SALT)


def find_email_change(token: str, *, now: datetime) -> EmailChange:
    """:raises EmailChangeClosed: for whatever reason"""
    try:
        change_id, asked = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise EmailChangeClosed from None
    change = EmailChange.objects.select_related("person").filter(pk=change_id).first()
    if change is None or change.asked_at.timestamp() != asked:
        raise EmailChangeClosed
    if waiting_email_change(change.person, now=now) != change:
        raise EmailChangeClosed
    return change


@transaction.atomic
def confirm_email_change(*, token: str, person: User, now: datetime) -> User:
    """
    From now on the person is known by the new address.

    :raises EmailChangeClosed: too late, or the letter was meant for somebody else
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    change = find_email_change(token, now=now)
    if change.person_id != locked.pk:
        raise EmailChangeClosed
    locked.email = change.email
    locked.save(update_fields=["email"])
    locked.email_changes.all().delete()
    return locked
