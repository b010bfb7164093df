"""What a page says about the form that was just sent. It travels in `?said=`, so that reloading sends nothing again."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Merchant
from invoices.pages.days import format_moment
from invoices.pages.languages import stated_language
from invoices.pages.queries import query_value
from invoices.pages.visits import PARAMETER

_WITHIN: Final = timedelta(hours=26)  # no cooldown lasts longer


class Said(enum.StrEnum):
    NEW_LINK_SENT = "new-link-sent"
    NEW_LINK_HERE = "new-link-here"
    TOO_SOON = "too-soon"
    SENT_TODAY = "sent-today"
    NO_NEW_LINK = "no-new-link"
    NOT_ME = "not-me"


@dataclass(frozen=True, kw_only=True)
class Notice:
    text: str | Promise
    tone: str = "warn"


_NOTICES: Final[Mapping[Said, Notice]] = {
    Said.NEW_LINK_SENT: Notice(
        text=gettext_lazy("A new link is on its way to the phone on file. It arrives within a few minutes."),
        tone="good",
    ),
    Said.NEW_LINK_HERE: Notice(
        text=gettext_lazy("A new link is being prepared. In a few minutes you can pay on this page."), tone="good"
    ),
    Said.TOO_SOON: Notice(text=gettext_lazy("A new link was sent a short while ago. Please look at your messages.")),
    Said.SENT_TODAY: Notice(
        text=gettext_lazy("A message with the link was sent today, or none are sent at this hour. Try again tomorrow.")
    ),
    Said.NO_NEW_LINK: Notice(text=gettext_lazy("A new link cannot be sent now. Please ask the merchant.")),
    Said.NOT_ME: Notice(
        text=gettext_lazy("Thank you. No more messages are sent to this phone, and the merchant has been told."),
        tone="good",
    ),
}


def said_address(request: HttpRequest, said: Said, *, possible_at: datetime | None = None) -> str:
    """This page again, in its language, with the way back to the list that it knows, and with what it has to say."""
    kept = {"lang": stated_language(request), PARAMETER: query_value(request, PARAMETER)}
    values = {name: value for name, value in kept.items() if value} | {"said": str(said)}
    if possible_at is not None:
        values["from"] = str(int(possible_at.timestamp()))
    return f"?{urlencode(values)}"


def notice_of(request: HttpRequest, merchant: Merchant, *, language: str, now: datetime) -> Notice | None:
    """What the address says, in the active language, which `language` names; None where that is nothing of ours."""
    try:
        said = Said(query_value(request, "said"))
    except ValueError:
        return None
    possible_at = _stated_instant(request, now=now) if said is Said.TOO_SOON else None
    if possible_at is None:
        return _NOTICES[said]
    moment = format_moment(possible_at, time_zone=merchant.time_zone, today=merchant.local_date(now), language=language)
    return Notice(
        text=_("A new link was sent a short while ago. The next one can be sent from %(time)s on.") % {"time": moment}
    )


def _stated_instant(request: HttpRequest, *, now: datetime) -> datetime | None:
    stated = query_value(request, "from")
    if not (stated.isascii() and stated.isdigit() and len(stated) <= 11):
        return None
    instant = datetime.fromtimestamp(int(stated), UTC)
    # Whole seconds: the next one is never announced too early.
    return instant + timedelta(seconds=59) if now - _WITHIN < instant < now + _WITHIN else None
