"""One e-mail to one customer: sent, certainly not sent, or nobody knows."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formataddr
from typing import Literal

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_noop

from invoices.messages.characters import one_line
from invoices.messages.rendering import Message

logger = logging.getLogger(__name__)

NO_ADDRESS = gettext_noop("The customer has no e-mail address. Enter one, or use another channel.")
MAIL_SERVER_DOWN = gettext_noop("The mail server could not be reached.")
ADDRESS_REFUSED = gettext_noop("The mail server refused the message or its address.")
MAIL_DOUBTFUL = gettext_noop("The connection to the mail server broke while it was being sent.")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    name: str
    content: bytes
    type: str


@dataclass(frozen=True, kw_only=True)
class Posted:
    """`is_down` where the fault is not this message's: the next one would fail alike."""

    status: Literal["SENT", "NOT_SENT", "UNKNOWN"]
    detail: str = ""
    is_down: bool = False


def post(message: Message, *, to: str, sender: str, attachments: Sequence[Attachment] = ()) -> Posted:
    """Outside every transaction, once. :param sender: the name beside our address, the merchant's"""
    if not to:
        return Posted(status="NOT_SENT", detail=NO_ADDRESS)
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as failure:
        logger.warning("the mail server cannot be reached: %s", type(failure).__name__)
        return Posted(status="NOT_SENT", detail=MAIL_SERVER_DOWN, is_down=True)
    try:
        connection.send_messages([_email(message, to, sender, attachments)])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        return Posted(status="NOT_SENT", detail=ADDRESS_REFUSED)
    except (smtplib.SMTPException, OSError):
        return Posted(status="UNKNOWN", detail=MAIL_DOUBTFUL, is_down=True)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()
    return Posted(status="SENT")


def _email(message: Message, to: str, sender: str, attachments: Sequence[Attachment]) -> EmailMessage:
    from_email = formataddr((one_line(sender), settings.DEFAULT_FROM_EMAIL))
    email = EmailMessage(subject=message.subject, body=f"{message.body}\n", from_email=from_email, to=[to])
    for attachment in attachments:
        email.attach(attachment.name, attachment.content, attachment.type)
    return email
