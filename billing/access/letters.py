"""
Letters with a link into the office: invitations, and new passwords for those who forgot theirs.

A request only writes down that one is wanted; a worker finds out whom it is for and sends it. So asking takes as
long, and answers the same, whether the address is anybody's or not, and no mail server is waited for.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

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

from billing.access.invitations import is_open, token_of
from billing.models import AccessMail, Invitation, User

logger = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 6
RETRY_AFTER: Final = timedelta(minutes=2)
KEPT_FOR: Final = timedelta(days=2)
AT_ONCE: Final = 50
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


def send_letters(*, now: datetime) -> int:
    """Send what waits, and forget what is old; how many were dealt with. Harmless beside itself: each is locked."""
    AccessMail.objects.filter(wanted_at__lt=now - KEPT_FOR).delete()
    done = 0
    while done < AT_ONCE and _send_next(now=now):
        done += 1
    return done


def _send_next(*, now: datetime) -> bool:
    mail = _claim_next(now=now)
    if mail is None:
        return False
    try:
        for letter in _letters_of(mail, now=now):
            letter.send()
    except (smtplib.SMTPException, OSError) as failure:
        logger.warning("a letter could not be sent: %s", type(failure).__name__)
    else:
        AccessMail.objects.filter(pk=mail.pk).update(next_attempt_at=None)
    return True


@transaction.atomic
def _claim_next(*, now: datetime) -> AccessMail | None:
    """Moved on before it is sent, so that nobody else takes it meanwhile."""
    waiting = AccessMail.objects.filter(next_attempt_at__lte=now).order_by("next_attempt_at", "id")
    mail = waiting.select_for_update(skip_locked=True).first()
    if mail is not None:
        mail.attempts += 1
        mail.next_attempt_at = None if mail.attempts >= MOST_ATTEMPTS else now + RETRY_AFTER * mail.attempts
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
