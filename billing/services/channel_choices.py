"""What may be chosen as a channel."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Channel

# Empty: whatever the next wider choice says, the customer's and then the merchant's.
Choice = Channel | Literal[""]


class EmailMissing(DomainError):
    code = "EMAIL_MISSING"
    message = gettext_noop("There is no e-mail address to send to. Choose another channel.")


def check_channel(channel: Choice, *, email: str) -> None:
    """:raises EmailMissing: e-mail was chosen and there is no address"""
    if channel == Channel.EMAIL and not email.strip():
        raise EmailMissing
