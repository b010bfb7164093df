"""From the number a person has before them to the document."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill
from invoices.explaining.scope import Document
from invoices.models import Invoice
from subscriptions.models import Installment, Subscription

_LONGEST_SEQUENCE: Final = 6  # digits: no plan has a million payments


class NoSuchDocument(DomainError):
    code = "NO_SUCH_DOCUMENT"
    message = gettext_noop(
        "There is no document of this number. Give a bill's, subscription's or invoice's whole number; "
        "SUB-20251201-0001/3 is the third installment."
    )


class SeveralDocuments(DomainError):
    code = "SEVERAL_DOCUMENTS"
    message = gettext_noop("Several merchants have a document of this number. Say whose you mean.")


def find_document(*, number: str, username: str | None = None) -> Document:
    """
    :param number: `BILL-…`, `BN-…`, `SUB-…`, `SUB-…/3` for an installment, or `INV-…`; a reference is fine, too
    :param username: whose it is: numbers are unique within a merchant
    :raises NoSuchDocument: :raises SeveralDocuments:
    """
    whose = Q(merchant__username=username) if username else Q()
    found = _candidates(number.strip().upper(), number.strip(), whose)
    if not found:
        raise NoSuchDocument
    if len(found) > 1:
        raise SeveralDocuments
    return found[0]


def _candidates(number: str, reference: str, whose: Q) -> list[Document]:
    plan, _, sequence = number.partition("/")
    if number.startswith(("BILL-", "BN-")):
        return list(Bill.objects.filter(Q(billing_no=number) | Q(bill_no=number), whose)[:2])
    if number.startswith("INV-"):
        return list(Invoice.objects.filter(Q(number=number) | Q(reference=reference), whose)[:2])
    if sequence.isdecimal() and len(sequence) <= _LONGEST_SEQUENCE:
        installments = Installment.objects.select_related("subscription", "merchant")
        return list(installments.filter(whose, subscription__subscription_no=plan, sequence=int(sequence))[:2])
    return list(Subscription.objects.filter(whose, subscription_no=number)[:2])
