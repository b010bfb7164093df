"""What customers read. Each state has its own words, its own icon, and says what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.pages.states import State

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Wording:
    """
    `status` names the state, `advice` says what to do next; `tone` is calm, good, warn or bad.

    `can_look_again` where waiting helps, `asks_merchant` where only the merchant can.
    `after_waiting` takes the advice's place once a page has looked by itself for two minutes; empty where it does not.
    """

    status: Text
    icon: str
    tone: str
    advice: Text = ""
    can_look_again: bool = False
    asks_merchant: bool = False
    after_waiting: Text = ""


PAY_PAGE: Final[Mapping[State, Wording]] = {
    State.OWED: Wording(status=_("Awaiting payment"), icon="clock", tone="calm"),
    State.OVERDUE: Wording(status=_("Overdue"), icon="alert", tone="warn"),
    State.PARTLY_PAID: Wording(status=_("Partly paid"), icon="half", tone="calm"),
    State.UPCOMING: Wording(
        status=_("Not open for payment yet"),
        icon="clock",
        tone="calm",
        advice=_("There is nothing to do now. You will receive a message when you can pay."),
    ),
    State.PREPARING: Wording(
        status=_("Being prepared"),
        icon="clock",
        tone="calm",
        advice=_("The payment link is being prepared. It usually takes less than a minute."),
        can_look_again=True,
        after_waiting=_("This takes longer than usual. A message will come as soon as you can pay."),
    ),
    State.PROCESSING: Wording(
        status=_("Payment is being checked"),
        icon="clock",
        tone="calm",
        advice=_("We are checking your payment with the bank. Please do not pay a second time."),
        can_look_again=True,
        after_waiting=_(
            "The bank has not answered yet. You can close this page: a message will come. "
            "Please do not pay a second time."
        ),
    ),
    State.PAID: Wording(status=_("Paid"), icon="check", tone="good", advice=_("Thank you. Your payment has arrived.")),
    State.REFUNDED: Wording(
        status=_("Refunded"),
        icon="back",
        tone="calm",
        advice=_("This amount was given back to you. There is nothing to pay."),
    ),
    State.CANCELLED: Wording(
        status=_("Cancelled"), icon="cross", tone="calm", advice=_("There is nothing to pay here any more.")
    ),
    State.EXPIRED: Wording(
        status=_("Link expired"),
        icon="alert",
        tone="warn",
        advice=_("The time for paying with this link is over. You need a new one."),
        asks_merchant=True,
    ),
    State.WITHDRAWN: Wording(
        status=_("Link no longer valid"),
        icon="alert",
        tone="warn",
        advice=_("This link can no longer be used. Please ask the merchant for a new link."),
        asks_merchant=True,
    ),
    State.UNAVAILABLE: Wording(
        status=_("Paying is not possible right now"),
        icon="alert",
        tone="bad",
        advice=_("Please try again later, or ask the merchant how to pay."),
        can_look_again=True,
        asks_merchant=True,
    ),
}

WAITING: Final = Wording(
    status=_("We are checking with the bank"),
    icon="clock",
    tone="calm",
    advice=_("This takes a few seconds. Please do not pay a second time."),
)
STILL_WAITING: Final = Wording(
    status=_("The bank has not answered yet"),
    icon="clock",
    tone="calm",
    advice=_(
        "You can close this page. A message will come as soon as the bank confirms your payment. "
        "Please do not pay a second time."
    ),
    can_look_again=True,
)
RECEIVED: Final = Wording(status=_("Paid"), icon="check", tone="good", advice=_("Thank you. Your payment has arrived."))
NOT_RECEIVED: Final = Wording(
    status=_("Not paid"),
    icon="alert",
    tone="warn",
    advice=_("The bank reports no payment. You can try again."),
)
CHANGED: Final = Wording(
    status=_("Checked"), icon="clock", tone="calm", advice=_("The payment page shows how things stand now.")
)

REPLACED: Final = Wording(
    status=_("This link was replaced"),
    icon="link",
    tone="warn",
    advice=_("There is a newer link. For your safety it is sent only to the phone that the merchant has on file."),
)
UNKNOWN_LINK: Final = Wording(
    status=_("This link does not work"),
    icon="link",
    tone="warn",
    advice=_(
        "Open the link from your message again, or copy it completely. "
        "If it still does not work, ask the merchant who sent it."
    ),
)
TOO_MANY: Final = Wording(
    status=_("Too many requests"),
    icon="alert",
    tone="warn",
    advice=_("Please wait a minute, then open the link again."),
)
OUT_OF_ORDER: Final = Wording(
    status=_("This page is not available right now"),
    icon="alert",
    tone="bad",
    advice=_("Please try again in a few minutes."),
)
FORM_REFUSED: Final = _("The page was open for a long time. Please press the button again.")

WRONG_DIGITS: Final = _("These are not the last three digits of your phone number. Please try again.")
TOO_MANY_GUESSES: Final = _(
    "There were too many wrong answers. Please wait an hour, then try again. "
    "If it still does not work, ask the merchant for a new link."
)
GUESSES_NOT_COUNTED: Final = _("This cannot be checked right now. Please try again in a few minutes.")
