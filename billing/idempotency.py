"""The same request twice makes one thing: answers remembered under the key that whoever asks has chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import IdempotencyKey

REMEMBERED_FOR: Final = timedelta(hours=24)
WAIT_FOR_TWIN: Final = "5s"
_LOCK_NOT_AVAILABLE: Final = "55P03"

# Waits while another transaction holds the same key uncommitted. A record past its day is taken over, as if absent.
_CLAIM = """
    INSERT INTO billing_idempotencykey AS record
        (merchant_id, endpoint, key, body_digest, answer, link, created_at) VALUES (%s, %s, %s, %s, '', '', %s)
    ON CONFLICT (merchant_id, endpoint, key) DO UPDATE SET
        body_digest = excluded.body_digest, answer = '', link = '', created_at = excluded.created_at
        WHERE record.created_at <= %s
    RETURNING id
"""


class KeyUsedForAnother(DomainError):
    code = "KEY_USED_FOR_ANOTHER"
    message = gettext_noop("This key was used for another request. Choose a new one.")


class TwinAtWork(DomainError):
    code = "TWIN_AT_WORK"
    message = gettext_noop("The same request is still being worked on. Try again in a second.")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the work came to, as text, and a link to go with it where there is one."""

    text: str
    link: str = ""
    is_replay: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a request is known by: its merchant, endpoint and key, and a digest of its body."""

    merchant_id: int
    endpoint: str
    key: str
    body_digest: str


@transaction.atomic
def answer_once(claim: Claim, *, work: Callable[[], Answer], now: datetime) -> Answer:
    """
    Do the work and remember its answer in one transaction, or replay the answer it had within the last 24 hours.

    An error of the work leaves the key free.

    :raises KeyUsedForAnother: the key was used for another body
    :raises TwinAtWork: a twin has been at work for five seconds
    """
    record_id = _take(claim, now)
    if record_id is None:
        return _replay(claim)
    answer = work()
    IdempotencyKey.objects.filter(pk=record_id).update(answer=answer.text, link=answer.link)
    return answer


def forget_answers(*, now: datetime) -> int:
    """Those that are replayed no more; how many there were."""
    forgotten, _by_model = IdempotencyKey.objects.filter(created_at__lt=now - REMEMBERED_FOR).delete()
    return forgotten


def _take(claim: Claim, now: datetime) -> int | None:
    """The id of the record that is now ours; None when there is a live one."""
    since = connection.ops.adapt_datetimefield_value(now)
    stale = connection.ops.adapt_datetimefield_value(now - REMEMBERED_FOR)
    values: list[Any] = [claim.merchant_id, claim.endpoint, claim.key, claim.body_digest, since, stale]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # on SQLite the whole transaction waited already
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_FOR_TWIN}'")
        try:
            cursor.execute(_CLAIM, values)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise TwinAtWork from None
            raise
        row = cursor.fetchone()
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    return None if row is None else int(row[0])


def _replay(claim: Claim) -> Answer:
    record = IdempotencyKey.objects.get(merchant_id=claim.merchant_id, endpoint=claim.endpoint, key=claim.key)
    if record.body_digest != claim.body_digest:
        raise KeyUsedForAnother
    return Answer(text=record.answer, link=record.link, is_replay=True)
