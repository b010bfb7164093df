"""Merging a double into the customer they are (decision 37)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Customer, Event, User, WrongRecipient
from billing.retries import retry_given_up
from billing.services import record_event
from billing.services.merged_customers import PHONE, absorb, lock_pair
from billing.services.wrong_recipients import resolve_wrong_recipient
from invoices.services.corrected_phones import replace_live_invoices, revoke_links
from invoices.services.customer_documents import lock_documents
from invoices.services.merging.moving import move_rows

Resolution = WrongRecipient.Resolution


class LeftNumber(models.TextChoices):
    """Whose the number is that does not stand afterwards."""

    THEIRS = "THEIRS", _("Theirs too: links that were sent there go on working")
    WRONG = "WRONG", _("Somebody else's, or mistyped: links that were sent there stop working")


class ChangedAtOnce(DomainError):
    code = "CHANGED_AT_ONCE"
    message = gettext_noop(
        "Something about these customers happened at the same moment. Nothing was merged: try again."
    )


def merge_customers(
    *,
    merchant_id: int,
    survivor_id: int,
    double_id: int,
    taken: Collection[str],
    left_number: LeftNumber,
    reason: str,
    user: User,
    now: datetime,
) -> Customer:
    """
    The survivor, with everything of the double; the double's number leads to them from now on.

    In one transaction, done again where the database gave it up for another's sake.

    :param taken: which details stand as the double has them (`billing.services.merged_customers`)
    :raises SameCustomer: :raises MergedAlready: :raises ChangedAtOnce: nothing was changed
    """
    merge = partial(_merge, merchant_id, survivor_id, double_id, taken, left_number, reason, user, now)
    try:
        return retry_given_up(merge)
    except IntegrityError as meanwhile:  # reminder_is_one_a_day_per_customer: one was written down just now
        raise ChangedAtOnce from meanwhile


@transaction.atomic
def _merge(
    merchant_id: int,
    survivor_id: int,
    double_id: int,
    taken: Collection[str],
    left_number: LeftNumber,
    reason: str,
    user: User,
    now: datetime,
) -> Customer:
    survivor, double = lock_pair(merchant_id=merchant_id, survivor_id=survivor_id, double_id=double_id)
    lock_documents(merchant_id=merchant_id, customer_ids=[survivor_id, double_id])
    left = survivor if PHONE in taken else double
    if left_number == LeftNumber.WRONG:
        replace_live_invoices(merchant_id, left.pk, f"user:{user.pk}", now)
        revoke_links(merchant_id, left.pk)
        Customer.objects.filter(pk=left.pk).update(link_version=F("link_version") + 1)
    _resolve_report(left, left_number, user, now)
    moved = move_rows(survivor, double)
    absorb(survivor, double, taken=taken, now=now)
    _record(survivor, "merged", user, reason=reason, double=double.pk, moved=moved)
    _record(double, "merged_away", user, reason=reason, survivor=survivor.pk)
    return survivor


def _resolve_report(left: Customer, left_number: LeftNumber, user: User, now: datetime) -> None:
    """What somebody said at the number that is left is answered by whose it is; one may stay open for the other."""
    report = left.wrong_recipients.filter(resolved_at=None).first()
    if report is not None:
        is_theirs = left_number == LeftNumber.THEIRS
        answer = Resolution.RESUMED if is_theirs else Resolution.CORRECTED
        resolve_wrong_recipient(report=report, resolution=answer, user=user, now=now)


def _record(customer: Customer, name: str, user: User, **details: object) -> None:
    record_event(
        merchant_id=customer.merchant_id,
        subject=Event.Subject.CUSTOMER,
        subject_id=customer.pk,
        name=name,
        actor=f"user:{user.pk}",
        **details,
    )
