"""A merchant's own message texts: read, written, and given up for ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event, Language, Merchant
from billing.services import record_event
from invoices.messages.checking import check_wording, tidied
from invoices.messages.wordings import Wording, Wordings
from invoices.models import MessageTemplate

Use = MessageTemplate.Use


class NoTextOfTheirOwn(DomainError):
    code = "NO_TEXT_OF_THEIR_OWN"
    message = gettext_noop("This message has our text already. There is nothing to go back from.")


def wordings_of(merchant: Merchant) -> Wordings:
    """In one query; in none where the merchant's `message_templates` were prefetched."""
    return Wordings(own={_key(row): _wording(row) for row in merchant.message_templates.all()})


def wordings_by_merchant(merchant_ids: Iterable[int], *, use: Use) -> dict[int, Wordings]:
    """The own texts of one kind of several merchants, in one query; merchants without any are left out."""
    found: dict[int, dict[tuple[str, str], Wording]] = {}
    for row in MessageTemplate.objects.filter(merchant__in=list(merchant_ids), use=use).order_by():
        found.setdefault(row.merchant_id, {})[_key(row)] = _wording(row)
    return {merchant_id: Wordings(own=own) for merchant_id, own in found.items()}


@transaction.atomic
def save_template(
    *, merchant_id: int, use: Use, language: Language, wording: Wording, actor: str, now: datetime
) -> MessageTemplate:
    """
    The merchant's own text, from the next message on.

    :raises TemplateInvalid: in one of its kinds :raises StrayBrace: nothing was saved
    """
    wording = tidied(wording)
    check_wording(use, wording)
    template, _is_new = MessageTemplate.objects.update_or_create(
        merchant_id=merchant_id,
        use=use,
        language=language,
        defaults={"subject": wording.subject, "body": wording.body, "updated_at": now},
    )
    _record(merchant_id, use, language, "message_written", actor)
    return template


@transaction.atomic
def reset_template(*, merchant_id: int, use: Use, language: Language, actor: str) -> None:
    """
    Back to our text, from the next message on.

    :raises NoTextOfTheirOwn:
    """
    rows = MessageTemplate.objects.filter(merchant_id=merchant_id, use=use, language=language)
    deleted, _by_model = rows.delete()
    if not deleted:
        raise NoTextOfTheirOwn
    _record(merchant_id, use, language, "message_reset", actor)


def _key(row: MessageTemplate) -> tuple[str, str]:
    return row.use, row.language


def _wording(row: MessageTemplate) -> Wording:
    return Wording(subject=row.subject, body=row.body)


def _record(merchant_id: int, use: Use, language: Language, name: str, actor: str) -> None:
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=merchant_id,
        name=name,
        actor=actor,
        reason=use,
        fields=[language],
    )
