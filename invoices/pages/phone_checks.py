"""
The last three digits of the phone, asked before a customer's page is shown.

A thousand possibilities are guessed quickly, so wrong answers are counted: for each customer's link whoever asks, and
for each address whichever link it tries. Counted before they are compared: many at once are no way around. A cache
that is away refuses, unlike the pages' own limits: here the greater harm is a door without a lock. A renewed link
begins anew.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from billing.client_networks import client_network
from billing.models import Customer

DIGITS: Final = 3
WRONG_AN_HOUR: Final = 5
WRONG_A_WEEK: Final = 15
WRONG_AN_HOUR_AND_ADDRESS: Final = 20  # thousands share one address of a mobile network
_BEFORE_THE_FIRST: Final = 1  # the cache takes a counter that begins at nought for a missing one

logger = logging.getLogger(__name__)


class WrongDigits(Exception):
    """Not this customer's."""


class TooManyGuesses(Exception):
    """Nothing was compared."""


class GuessesNotCounted(Exception):
    """The cache is away. Nothing was compared."""


@dataclass(frozen=True, kw_only=True)
class _Counter:
    key: str
    most: int
    window: timedelta

    def add_one(self) -> None:
        """:raises TooManyGuesses:"""
        cache.add(self.key, _BEFORE_THE_FIRST, timeout=self.window.total_seconds())
        if cache.incr(self.key) - _BEFORE_THE_FIRST > self.most:
            raise TooManyGuesses

    def take_one_back(self) -> None:
        cache.decr(self.key)


def check_phone_digits(request: HttpRequest, customer: Customer, answer: str) -> None:
    """
    :param answer: as typed; Arabic digits too
    :raises WrongDigits: also for what is not three digits, which is not counted
    :raises TooManyGuesses: :raises GuessesNotCounted:
    """
    digits = _as_ascii(answer)
    if len(digits) != DIGITS:
        raise WrongDigits
    counters = _counters(request, customer)
    try:
        for counter in counters:
            counter.add_one()
        if not hmac.compare_digest(digits, customer.phone[-DIGITS:]):
            raise WrongDigits
        _forget(counters)
    except (RedisError, OSError, ValueError) as failure:
        logger.error("a customer's digits are not compared: the cache failed with %s", type(failure).__name__)
        raise GuessesNotCounted from failure


def _forget(counters: Sequence[_Counter]) -> None:
    """Right answers do not count: a customer who comes often is not locked out."""
    for counter in counters:
        counter.take_one_back()


def _counters(request: HttpRequest, customer: Customer) -> list[_Counter]:
    """In the order in which they refuse: who is refused by one does not count for the next."""
    hour, week = timedelta(hours=1), timedelta(days=7)
    link = f"phone-digits/{customer.pk}/{customer.link_version}"
    address = f"phone-digits/at/{client_network(request)}"
    return [
        _Counter(key=address, most=WRONG_AN_HOUR_AND_ADDRESS, window=hour),
        _Counter(key=f"{link}/hour", most=WRONG_AN_HOUR, window=hour),
        _Counter(key=f"{link}/week", most=WRONG_A_WEEK, window=week),
    ]


def _as_ascii(answer: str) -> str:
    """The digits among what was typed, as 0 to 9; empty where there is anything else but spaces and marks."""
    shown = [character for character in answer if not (character.isspace() or character in _DIRECTION_MARKS)]
    if not all(character.isdecimal() for character in shown):
        return ""
    return "".join(str(int(character)) for character in shown)


_DIRECTION_MARKS: Final = "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"
