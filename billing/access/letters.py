"""
Letters with a link into the office: invitations, new e-mail addresses, new passwords for those who forgot theirs.

A request only writes down that one is wanted; a worker finds out whom it is for and sends it. So asking takes as
long, and answers the same, whether the address is anybody's or not, and no mail server is waited for.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from billing.access.email_changes import VALID_FOR
from billing.access.email_changes import token_of as token_of_email
from billing.access.invitations import is_open, token_of
from billing.models import AccessMail, EmailChange, Invitation, User

logger = logging.getLogger(__name__)
_Wanted = TypeVar("_Wanted", AccessMail, EmailChange)

# Where the server cannot be reached a letter is tried until it is forgotten; one that it refuses so often.
MOST_REFUSALS: Final = 6
RETRY_AFTER: Final = timedelta(minutes=2)
RETRY_AT_LEAST_EVERY: Final = timedelta(minutes=30)
KEPT_FOR: Final = timedelta(days=2)
# A new password may be asked for so often in an hour.
HOUR: Final = timedelta(hours=1)
PER_ADDRESS_AND_HOUR: Final = 3
PER_NETWORK_AND_HOUR: Final = 20


def ask_for_new_password(*, email: str, network: str, now: datetime) -> bool:
    """
    Have a link sent to whoever has this address; whether one more may be asked for.

    Beyond the limits nothing is written down: a mailbox must not be flooded through us.
    """
    asked = AccessMail.objects.filter(invitation=None, wanted_at__gt=now - HOUR)
    if (
        asked.filter(email__iexact=email).count() >= PER_ADDRESS_AND_HOUR
        or asked.filter(network=network).count() >= PER_NETWORK_AND_HOUR
    ):
        return False
    AccessMail.objects.create(email=email, network=network, wanted_at=now, next_attempt_at=now)
    return True


def send_letters(*, now: datetime, seconds: float = 60) -> int:
    """
    Send what waits, for about so many seconds, and forget what is old; how many were taken up.

    Harmless beside itself: each is locked. Where the mail server cannot be reached the rest waits for the next pass.
    """
    ends_at = time.monotonic() + seconds
    AccessMail.objects.filter(wanted_at__lt=now - KEPT_FOR).delete()
    EmailChange.objects.filter(asked_at__lt=now - VALID_FOR).delete()
    done = 0
    while time.monotonic() < ends_at and (
        mail := _claim_next(AccessMail, now=now) or _claim_next(EmailChange, now=now)
    ):
        done += 1
        if not _send(mail, now=now):
            break
    return done


def _send(mail: AccessMail | EmailChange, *, now: datetime) -> bool:
    """Whether the mail server could be reached."""
    refused = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
    try:
        for letter in _about_email(mail) if isinstance(mail, EmailChange) else _letters_of(mail, now=now):
            letter.send()
    except (smtplib.SMTPException, OSError) as failure:
        logger.warning("a letter could not be sent: %s", type(failure).__name__)
        if not isinstance(failure, refused):
            return False
        if mail.attempts < MOST_REFUSALS:
            return True
    type(mail)._default_manager.filter(pk=mail.pk).update(next_attempt_at=None)
    return True


@transaction.atomic
def _claim_next(model: type[_Wanted], *, now: datetime) -> _Wanted | None:
    """Moved on before it is sent, so that nobody else takes it meanwhile."""
    waiting = model._default_manager.filter(next_attempt_at__lte=now).order_by("next_attempt_at", "id")
    mail = waiting.select_for_update(skip_locked=True).first()
    if mail is not None:
        mail.attempts += 1
        mail.next_attempt_at = now + min(RETRY_AFTER * mail.attempts, RETRY_AT_LEAST_EVERY)
        mail.save(update_fields=["attempts", "next_attempt_at"])
    return mail


def _letters_of(mail: AccessMail, *, now: datetime) -> Iterator[EmailMessage]:
    if mail.invitation_id is None:
        people = User.objects.filter(email__iexact=mail.email, is_active=True, is_staff=True)
        yield from (_new_password(person) for person in people if person.has_usable_password())
        return
    invitation = Invitation.objects.select_related("merchant").get(pk=mail.invitation_id)
    if is_open(invitation, now=now):
        yield _invitation(invitation)


def _about_email(change: EmailChange) -> list[EmailMessage]:
    """To the new address with the link, and to the old one without."""
    person = change.person
    if not person.is_active or person.email == change.email:
        return []
    url = settings.PUBLIC_BASE_URL + reverse("admin:confirm_email", args=[token_of_email(change)])
    context = {"person": person, "email": change.email, "url": url}
    letters = {"access/confirm_email.txt": change.email, "access/email_changing.txt": person.email}
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject = _("A new e-mail address for the billing office")
        return [
            EmailMessage(subject=subject, body=render_to_string(template, context), to=[address])
            for template, address in letters.items()
            if address
        ]


def _new_password(person: User) -> EmailMessage:
    uid, token = urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)
    url = settings.PUBLIC_BASE_URL + reverse("admin:password_reset_confirm", args=[uid, token])
    with translation.override(person.language or settings.LANGUAGE_CODE):
        context = {"person": person, "url": url, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
        body = render_to_string("access/new_password.txt", context)
        return EmailMessage(subject=_("A new password for the billing office"), body=body, to=[person.email])


def _invitation(invitation: Invitation) -> EmailMessage:
    url = settings.PUBLIC_BASE_URL + reverse("admin:accept_invitation", args=[token_of(invitation)])
    with translation.override(invitation.language):
        name = invitation.merchant.name_in(invitation.language)
        context = {"merchant": name, "role": invitation.get_role_display(), "url": url}
        body = render_to_string("access/invitation.txt", context)
        subject = _("You are invited to the billing office of %(merchant)s") % {"merchant": " ".join(name.split())}
        return EmailMessage(subject=subject, body=body, to=[invitation.email])
