"""
New keys for a closed account whose own were lost, so that what was sent through it can be asked about and cancelled.

An account's invoices stay with it, and under another account's keys they would look as if they had never been sent.
So keys are stored only once the gateway, asked with them, has shown an invoice that was sent through this account.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.fields import unreadable_secrets
from invoices.gateway.errors import GatewayError
from invoices.models import GatewayAccount, Invoice
from invoices.models.gateway_account import SECRETS
from invoices.services.accounts import unpark_account
from invoices.services.connection_tests import (
    CannotTest,
    ConnectionTestFailed,
    UnreadableAnswer,
    meaning_of,
    record_test,
    write_down_test,
)
from invoices.services.gateways import client_for


class KeysNotLost(DomainError):
    code = "KEYS_NOT_LOST"
    message = gettext_noop("Only a closed account whose keys are lost or refused is given new ones here.")


class NothingToProveBy(DomainError):
    code = "NOTHING_TO_PROVE_BY"
    message = gettext_noop(
        "The gateway has confirmed no invoice of this account, so nothing can show that the keys belong to it."
    )


class AnotherAccount(ConnectionTestFailed):
    code = "ANOTHER_ACCOUNT"
    event = "connection_of_another"
    message = gettext_noop(
        "The gateway accepts these keys, but does not know an invoice that was sent through this account. They belong "
        "to another one: enter the codes of the closed account."
    )


def has_lost_keys(account: GatewayAccount) -> bool:
    """A closed one that nobody can be asked with: its keys cannot be read, or the gateway refuses them."""
    return account.replaced_at is not None and (account.parked_at is not None or bool(unreadable_secrets(account)))


def renew_lost_keys(*, merchant_id: int, account_id: int, keys: Mapping[str, str], actor: str, now: datetime) -> None:
    """
    Ask the gateway with these keys, and store them where they are this account's; what waits is asked about again.

    :param keys: the secrets to be stored, by their columns; an empty one leaves the stored one
    :raises KeysNotLost: :raises NothingToProveBy: :raises CannotTest: :raises TestedJustNow:
    :raises ConnectionTestFailed: with what to do about it; nothing is stored
    """
    entered = {name: keys[name] for name in SECRETS if keys.get(name)}
    account, proof = _begin(merchant_id=merchant_id, account_id=account_id, actor=actor, now=now)
    try:
        _prove(account, entered, proof)
    except ConnectionTestFailed as problem:
        record_test(account, problem.event, actor=actor)
        raise
    _store(account, entered, actor=actor)


@transaction.atomic
def _begin(*, merchant_id: int, account_id: int, actor: str, now: datetime) -> tuple[GatewayAccount, Invoice]:
    account = _locked(merchant_id, account_id)
    if not account.can_enquire:
        raise CannotTest
    proof = account.invoices.exclude(gateway_id="").order_by("-pk").first()
    if proof is None:
        raise NothingToProveBy
    write_down_test(account, actor=actor, now=now)
    return account, proof


def _prove(account: GatewayAccount, entered: Mapping[str, str], proof: Invoice) -> None:
    probe = copy(account)
    for name, value in entered.items():
        setattr(probe, name, value)
    try:
        found = client_for(probe).find_invoices(proof.reference)
    except GatewayError as failure:
        raise meaning_of(failure) from failure
    if not any(each.gateway_id == proof.gateway_id for each in found):
        raise AnotherAccount if not found else UnreadableAnswer


@transaction.atomic
def _store(account: GatewayAccount, entered: Mapping[str, str], *, actor: str) -> None:
    locked = _locked(account.merchant_id, account.pk)
    for name, value in entered.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(entered))
    record_test(locked, "connection_accepted", actor=actor)
    record_test(locked, "keys_renewed", actor=actor)
    unpark_account(merchant_id=locked.merchant_id, account_id=locked.pk, actor=actor)


def _locked(merchant_id: int, account_id: int) -> GatewayAccount:
    """:raises KeysNotLost: somebody else was quicker"""
    account = GatewayAccount.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=account_id)
    if not has_lost_keys(account):
        raise KeysNotLost
    return account
