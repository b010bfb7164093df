"""
What staff may do to a row: a button on its page, a confirmation that says what will happen, one service.

A GET only ever shows the confirmation; a POST does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.cells import money_text
from billing.admin.roles import Right, staff_of
from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Merchant, User
from billing.money import ZERO
from billing.services.deciding_alone import decided_today
from billing.services.second_persons import needs_second_person

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Doer:
    """Who does it, and when it is."""

    user: User
    now: datetime
    is_approved: bool = False

    @property
    def actor(self) -> str:
        return f"user:{self.user.pk}"

    @property
    def is_alone(self) -> bool:
        """Nobody else has approved what they do."""
        return not self.is_approved

    @classmethod
    def of(cls, request: HttpRequest) -> Doer:
        return cls(user=staff_of(request), now=database_now())

    @classmethod
    def asked(cls, request: HttpRequest) -> Doer:
        """Before anything is done: our own clock will do."""
        return cls(user=staff_of(request), now=timezone.now())


class ConfirmForm(forms.Form):
    """Nothing to fill in: only the person's yes."""


class PageAction:
    """
    One act. `run` calls one service and returns what to tell the person.

    `is_offered` hides the button where the act makes no sense; the service decides all the same. With `in_bulk` it
    can also be chosen for ticked rows of the list, and for all the list shows (`billing.admin.acts.whole_lists`).
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    right: ClassVar[Right]
    icon: ClassVar[str]
    variant: ClassVar[ActionVariant] = ActionVariant.DEFAULT
    confirm: ClassVar[Text] = _("Yes, do it")
    in_bulk: ClassVar[bool] = False
    is_rare: ClassVar[bool] = False
    only_in_bulk: ClassVar[bool] = False
    # `run` calls somebody else's machine and waits: of ticked rows that is a job too, which no request has to outlast.
    calls_others: ClassVar[bool] = False
    # `run` returns an address, which a new tab then opens.
    opens_elsewhere: ClassVar[bool] = False
    # Of a whole list, `effect` is shown before it is begun.
    tells_effect: ClassVar[bool] = False

    def is_offered(self, row: Any) -> bool:
        return True

    def why_not(self, row: Any) -> Text:
        """Why it is not offered, for whoever has chosen it for many rows."""
        state: str = row.get_status_display()
        return state

    def obstacles(self, rows: Sequence[Any], *, now: datetime) -> dict[int, Text]:
        """Of many rows, why some would be refused, by their ids: told before it is confirmed."""
        return {row.pk: self.why_not(row) for row in rows if not self.is_offered(row)}

    def refusal(self, row: Any) -> Text:
        """Why it is not even asked, of somebody with an old tab or address; empty where it is."""
        return ""

    def consequences(self, row: Any) -> Sequence[Text]:
        """What will happen, in sentences; for a list of rows they are asked of each and shown once."""
        return ()

    def to_be_approved(self, merchant: Merchant, rows: QuerySet[Any], values: Mapping[str, Any], doer: Doer) -> str:
        """What a second person has to approve before it is done to these rows; empty where none is needed."""
        return ""

    def decides_for(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        """Ids of the customers for whom it may let money go, where what one person does so in a day is added up."""
        return None

    def effect(self, rows: QuerySet[Any], values: Mapping[str, Any]) -> list[str]:
        """What it comes to for all these rows with what was filled in, in sentences."""
        return []

    def confirmed(self, row: Any) -> dict[str, str]:
        """What a job begun later must find as it was when it was confirmed, so that no other amount is approved."""
        return {}

    def shown(self, row: Any) -> SafeString:
        """What the person is to look at before they say yes."""
        return SafeString("")

    def warning(self, row: Any, user: User) -> SafeString:
        """What this person should put right before they say yes."""
        return SafeString("")

    def form(self, row: Any, data: Mapping[str, Any] | None) -> forms.Form:
        return ConfirmForm(data)

    def lands_on(self, row: Any, doer: Doer) -> str:
        """Where the person goes on afterwards; empty for the row's own page."""
        return ""

    def run(self, row: Any, *, values: Mapping[str, Any], doer: Doer) -> str:
        raise NotImplementedError


def who_approves_less(merchant: Merchant) -> str:
    """The sentence before an act that may lower what is owed."""
    limit = merchant.second_person_above
    if not limit:
        return gettext("Where less is owed afterwards, somebody else approves it first.")
    shown = {"amount": money_text(limit, merchant.currency)}
    return gettext("Where more than %(amount)s less is owed afterwards, somebody else approves it first.") % shown


def decided_before(merchant: Merchant, customers: QuerySet[Any], doer: Doer, told: str) -> list[str]:
    """The sentence, of what counts towards the limit already; none where nothing does."""
    if not merchant.second_person_above:
        return []  # nobody decides anything alone
    earlier = decided_today(merchant=merchant, customers=customers, actor=doer.actor, now=doer.now)
    amounts = {"amount": earlier, "limit": merchant.second_person_above}
    shown = {name: money_text(amount, merchant.currency) for name, amount in amounts.items()}
    return [told % shown] if earlier else []


def less_owed(
    merchant: Merchant,
    amount: Decimal,
    customers: QuerySet[Any] | Iterable[int],
    doer: Doer,
    *,
    counted: Sequence[str] = (),
) -> str:
    """
    What a second person approves where so much less is owed by these customers.

    Empty where it is not above the merchant's limit, with what the person has decided alone for them today.

    :param counted: what is in the amount, in words
    """
    if amount <= ZERO:
        return ""
    earlier = decided_today(merchant=merchant, customers=customers, actor=doer.actor, now=doer.now)
    if not needs_second_person(merchant, amount + earlier):
        return ""
    told = [gettext("%(amount)s less is owed") % {"amount": money_text(amount, merchant.currency)}, *counted]
    if earlier:
        before = gettext("%(amount)s decided alone before on the same day")
        told.append(before % {"amount": money_text(earlier, merchant.currency)})
    return " · ".join(told)


def explain(failure: DomainError) -> str:
    """The failure's message in the person's language, with whatever reason somebody else gave for it."""
    return " ".join([gettext(failure.message), *filter(None, [str(failure.details.get("reason", ""))])])
