"""What a new merchant does first, on home: ticked by what is in the database, and gone once it is done or was paid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Case, Exists, OuterRef, Q, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.roles import Right, rights_of, staff_of
from billing.models import ApiKey, Bill, Event, ImportFile, Invitation, Membership, Merchant, User
from invoices.models import GatewayAccount, Payment
from subscriptions.models import Subscription


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    title: str | Promise
    hint: str | Promise
    url: str
    is_done: bool


_WORDS: Final = {
    "is_connected": (
        _("Connect the gateway account"),
        _("Without it no invoice can be sent."),
        "admin:invoices_gatewayaccount_add",
    ),
    "is_tested": (
        _("Test the connection"),
        _("One question to the gateway shows whether it accepts the keys."),
        "admin:invoices_gatewayaccount_changelist",
    ),
    "has_documents": (
        _("Issue an API key, import a file, or make a bill by hand"),
        _("So that there is something to be paid."),
        "admin:billing_apikey_add",
    ),
    "has_colleagues": (
        _("Invite a colleague"),
        _("Large refunds and changes are approved by a second person."),
        "admin:billing_invitation_add",
    ),
}


def first_steps(request: HttpRequest, merchant: Merchant | None) -> list[FirstStep]:
    """For the owners of one merchant, who can take them; none once all are taken, or a customer has paid."""
    if merchant is None or not rights_of(request).allow(Right.MANAGE_GATEWAY, merchant.pk):
        return []
    found = _facts(merchant, staff_of(request))
    if found is None or all(found[name] for name in _WORDS):
        return []
    return [
        FirstStep(title=title, hint=hint, url=reverse(address), is_done=bool(found[name]))
        for name, (title, hint, address) in _WORDS.items()
    ]


def _facts(merchant: Merchant, reader: User) -> dict[str, Any] | None:
    """In one statement, each found by its first row; None once somebody has paid."""
    here = Q(merchant=OuterRef("pk"))
    tested = Event.objects.filter(here, subject=Event.Subject.GATEWAY_ACCOUNT, name="connection_accepted")
    owed = [rows.filter(here) for rows in (Bill.objects, Subscription.objects, ImportFile.objects)]
    documents = [ApiKey.objects.filter(here, revoked_at=None), *owed]
    facts: dict[str, Q | Exists] = {
        "is_connected": Exists(GatewayAccount.objects.current().filter(here)),
        "is_tested": Exists(tested),
        "has_documents": reduce(or_, (Q(Exists(rows)) for rows in documents)),
        "has_colleagues": Q(Exists(Invitation.objects.filter(here)))
        | Q(Exists(Membership.objects.filter(here).exclude(user=reader))),
    }
    new = Merchant.objects.filter(~Exists(Payment.objects.filter(here)), pk=merchant.pk)
    flags = {name: Case(When(fact, then=True), default=False) for name, fact in facts.items()}
    found: Any = new.values(**flags).first()
    return dict(found) if found else None
