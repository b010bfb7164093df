"""A form makes one thing, however often it is posted: what it made is remembered as the API remembers its answers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_noop

from billing.admin.page_actions import Doer
from billing.errors import DomainError
from billing.idempotency import REMEMBERED_FOR, Answer, Claim, KeyUsedForAnother, TwinAtWork, answer_once
from billing.models import IdempotencyKey, Merchant, User
from billing.tenancy import merchants_of

_RANDOM_BYTES: Final = 16


class FormUsedAlready(DomainError):
    code = "FORM_USED_ALREADY"
    message = gettext_noop("This form was used already, with other entries. Begin a new one for them.")


class FormAtWork(DomainError):
    code = "FORM_AT_WORK"
    message = gettext_noop("This is being made at this moment. Look for it in the list.")


def _new_form_id() -> str:
    return secrets.token_urlsafe(_RANDOM_BYTES)


class MadeOnceForm(forms.Form):
    """`form_id` is this form's own, from wherever and however often it is posted: it makes one thing."""

    form_id = forms.RegexField("^[A-Za-z0-9_-]{16,64}$", initial=_new_form_id, widget=forms.HiddenInput)


def make_once(
    *, endpoint: str, merchant: Merchant, entries: object, form_id: str, doer: Doer, make: Callable[[], Model]
) -> int:
    """
    The key of what this form makes, or made already.

    :param endpoint: which form it is
    :param entries: whose `repr` is the same for the same entries
    :param form_id: of the form, for as long as an idempotency key is remembered
    :raises FormUsedAlready: it made something of other entries, or for another merchant
    :raises FormAtWork: another tab has been at it for seconds
    """
    key = f"{doer.actor}:{form_id}"
    digest = hashlib.sha256(repr(entries).encode()).hexdigest()

    def work() -> Answer:
        # Posted for two merchants at once, neither would see that the other is just using it.
        list(User.objects.select_for_update(no_key=True).filter(pk=doer.user.pk).values_list("pk"))
        if _was_used_elsewhere(endpoint, key, merchant, doer):
            raise FormUsedAlready
        return Answer(text=str(make().pk))

    claim = Claim(merchant_id=merchant.pk, endpoint=endpoint, key=key, body_digest=digest)
    try:
        answer = answer_once(claim, work=work, now=doer.now)
    except KeyUsedForAnother as refusal:
        raise FormUsedAlready from refusal
    except TwinAtWork as refusal:
        raise FormAtWork from refusal
    return int(answer.text)


def _was_used_elsewhere(endpoint: str, key: str, merchant: Merchant, doer: Doer) -> bool:
    """A claim is one merchant's; the person may have chosen another one since."""
    others = merchants_of(doer.user).exclude(pk=merchant.pk)
    used = IdempotencyKey.objects.filter(merchant__in=others, endpoint=endpoint, key=key)
    return used.filter(created_at__gt=doer.now - REMEMBERED_FOR).exists()
