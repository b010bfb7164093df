"""What every schedule keeps to: at least one payment, and no more than anybody would check."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from subscriptions.schedules import MAX_INSTALLMENTS, Due


class NothingToSchedule(DomainError):
    code = "NOTHING_TO_SCHEDULE"
    message = gettext_noop("This plan would have no payment at all. Choose a later end or an earlier start.")


class TooManyPayments(DomainError):
    code = "TOO_MANY_PAYMENTS"
    message = gettext_noop("These would be more than 600 payments. Choose a larger payment or a later start.")


def within_limit(dues: Iterable[Due]) -> list[Due]:
    """
    :raises NothingToSchedule:
    :raises TooManyPayments:
    """
    found = list(islice(dues, MAX_INSTALLMENTS + 1))
    if not found:
        raise NothingToSchedule
    if len(found) > MAX_INSTALLMENTS:
        raise TooManyPayments
    return found
