"""What our side of the gateway says of a failure. It is stored in English, and may be read in Arabic years later."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from billing.stored_sentences import CALLS, in_words

SENTENCES: Final = (
    *CALLS,
    gettext_noop("Another call is still waiting for the gateway's login."),
    gettext_noop("The gateway's login does not answer."),
    gettext_noop("The gateway's login gave no token."),
    gettext_noop("The gateway's search has too many pages to be conclusive."),
    gettext_noop("The gateway answered about another invoice."),
    gettext_noop("The gateway answered about another transaction."),
    gettext_noop("The gateway gave a transaction status we do not know."),
    gettext_noop("The gateway's answer names no invoice."),
    gettext_noop("The gateway confirmed another reference."),
    gettext_noop("The gateway confirmed another amount."),
    gettext_noop("The gateway's search answered without a list of invoices."),
    gettext_noop("The gateway's search answered with another page."),
    gettext_noop("The gateway's answer has an unknown shape."),
    gettext_noop("The gateway's answer is not text."),
    gettext_noop("The gateway's answer is neither JSON nor encrypted."),
    gettext_noop("The gateway's answer cannot be decrypted."),
    gettext_noop("The gateway's answer does not say whether it agreed."),
    gettext_noop("The gateway refused the login's token, perhaps after processing the call."),
    gettext_noop("The gateway asks us to slow down."),
    gettext_noop("The gateway answered with a redirect, which is never followed (HTTP %(status)s)."),
    gettext_noop("The gateway answered with an error (HTTP %(status)s)."),
    gettext_noop("The gateway's answer contradicts itself (HTTP %(status)s)."),
    gettext_noop("The gateway refused the enquiry (HTTP %(status)s, code %(code)s)."),
    gettext_noop("The gateway refused the merchant's account."),
    gettext_noop("The gateway refused the merchant's account. (code %(code)s)"),
    gettext_noop("The gateway refused the request."),
    gettext_noop("The gateway refused the request. (code %(code)s)"),
    gettext_noop("The gateway's answer holds an amount that cannot be read."),
    gettext_noop("The gateway's answer holds an absurd amount."),
    gettext_noop("The gateway cannot be asked about this identifier."),
    gettext_noop("It was too late to begin the call."),
    gettext_noop("The amount must lie between %(least)s and %(most)s."),
    gettext_noop("The amount has more than three decimals."),
    gettext_noop("The mobile number is not in international form."),
    gettext_noop("The mobile number's country is unknown."),
    gettext_noop("The reference is missing."),
    gettext_noop("The customer's name is missing."),
    gettext_noop("The language must be ar or en."),
    gettext_noop("The invoice would already have expired."),
    gettext_noop("The customer has no e-mail address: choose another channel."),
    gettext_noop("A payment type is not one of the gateway's."),
    gettext_noop("The items do not add up to the amount."),
    gettext_noop("The account's %(name)s is empty or not plain ASCII."),
    gettext_noop("The %(name)s must be %(count)s printable ASCII characters."),
    gettext_noop("The data is not text of a sensible length."),
    gettext_noop("The decrypted text is not an object."),
    gettext_noop("The decrypted text is not JSON."),
    gettext_noop("The padding is wrong."),
    gettext_noop("The text is not hex."),
    gettext_noop("The text is not made of whole blocks."),
    # What enquiries found, and what became of callbacks.
    gettext_noop(
        "The gateway's search finds none of our invoices, not even one that it has confirmed. "
        "Ask the gateway whether the account may search."
    ),
    gettext_noop("An error of our own. It is tried again by itself; if it stays, tell whoever runs the system."),
    gettext_noop("the gateway's invoice has another reference"),
    gettext_noop("the gateway's invoice is over %(theirs)s, ours over %(ours)s"),
    gettext_noop("a successful payment of nothing"),
    gettext_noop("a successful payment of %(amount)s, which is finer than a thousandth"),
    gettext_noop("the gateway does not know this invoice any more"),
    gettext_noop("unreadable"),
    gettext_noop("names no invoice of this merchant"),
    gettext_noop("the gateway is left alone for a while"),
    gettext_noop("the payment is still pending"),
    gettext_noop("the payment failed"),
    gettext_noop("the gateway could not be asked; polling goes on"),
    gettext_noop("asked a moment ago"),
)


def gateway_words(text: str) -> str:
    """In the reader's language what we said ourselves; what the gateway said, as it said it."""
    return in_words(text, SENTENCES)
