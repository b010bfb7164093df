"""Inviting somebody by e-mail: they choose their own name and password, and work for the merchant from then on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import AccessMail, Event, Invitation, Membership, Merchant, User
from billing.services import record_event

VALID_FOR: Final = timedelta(days=3)
_SALT: Final = "billing.access.invitations"


class InvitedAlready(DomainError):
    code = "INVITED_ALREADY"
    message = gettext_noop("This address has an open invitation. Send that one again, or revoke it first.")


class InvitationClosed(DomainError):
    code = "INVITATION_CLOSED"
    message = gettext_noop("This invitation was accepted, revoked, or is too old. Ask for a new one.")


class ColleagueAlready(DomainError):
    code = "COLLEAGUE_ALREADY"
    message = gettext_noop("Whoever has this address works here already. To change what they may do, look under Roles.")


class WorksHereAlready(DomainError):
    code = "WORKS_HERE_ALREADY"
    message = gettext_noop("You work for this merchant already. Ask its owner to change your role instead.")


@transaction.atomic
def invite(
    *, merchant: Merchant, email: str, role: str, language: str, network: str, actor: str, now: datetime
) -> Invitation:
    """
    Have an invitation sent.

    :raises InvitedAlready: the address has one that is still open
    :raises ColleagueAlready: it is somebody's who works for this merchant
    """
    # Not of administrators of the platform, whom the merchant's people do not see.
    if merchant.memberships.filter(user__email__iexact=email, user__is_superuser=False).exists():
        raise ColleagueAlready
    if merchant.invitations.filter(email__iexact=email, accepted_at=None, revoked_at=None).exists():
        raise InvitedAlready
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                merchant=merchant, email=email.lower(), role=role, language=language, sent_at=now
            )
    except IntegrityError as taken:
        raise InvitedAlready from taken
    _post(invitation, network=network, now=now)
    _record(invitation, "invited", actor)
    return invitation


@transaction.atomic
def send_invitation_again(
    *, merchant_id: int, invitation_id: int, network: str, actor: str, now: datetime
) -> Invitation:
    """
    With a new link, good for three days from now; the old one is void.

    :raises InvitationClosed: nobody waits for it any more
    """
    invitation = _locked(merchant_id, invitation_id)
    invitation.sent_at = now
    invitation.save(update_fields=["sent_at"])
    _post(invitation, network=network, now=now)
    _record(invitation, "invited_again", actor)
    return invitation


@transaction.atomic
def revoke_invitation(*, merchant_id: int, invitation_id: int, actor: str, now: datetime) -> Invitation:
    """
    Its link opens nothing any more.

    :raises InvitationClosed: it was accepted or revoked
    """
    invitation = _locked(merchant_id, invitation_id)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    _record(invitation, "invitation_revoked", actor)
    return invitation


@transaction.atomic
def accept_invitation(*, merchant_id: int, invitation_id: int, person: User, now: datetime) -> Membership:
    """
    The person works for the merchant.

    :raises InvitationClosed: too late
    :raises WorksHereAlready: in whatever role
    """
    invitation = _locked(merchant_id, invitation_id)
    if not is_open(invitation, now=now):
        raise InvitationClosed
    if Membership.objects.filter(merchant_id=merchant_id, user=person).exists():
        raise WorksHereAlready
    invitation.accepted_at, invitation.accepted_by = now, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    membership = Membership.objects.create(merchant_id=merchant_id, user=person, role=invitation.role)
    _record(invitation, "invitation_accepted", f"user:{person.pk}")
    return membership


def is_open(invitation: Invitation, *, now: datetime) -> bool:
    """Whether its link still opens the door."""
    is_waiting = invitation.accepted_at is None and invitation.revoked_at is None
    return is_waiting and now - invitation.sent_at < VALID_FOR


def token_of(invitation: Invitation) -> str:
    """The link's secret: signed, and another one each time the invitation is sent."""
    return signing.dumps([invitation.pk, invitation.sent_at.timestamp()], salt=_SALT)


def find_invitation(token: str, *, now: datetime) -> Invitation:
    """:raises InvitationClosed: for whatever reason"""
    try:
        invitation_id, sent = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvitationClosed from None
    invitation = Invitation.objects.select_related("merchant").filter(pk=invitation_id).first()
    if invitation is None or invitation.sent_at.timestamp() != sent or not is_open(invitation, now=now):
        raise InvitationClosed
    return invitation


def _locked(merchant_id: int, invitation_id: int) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(merchant_id=merchant_id, pk=invitation_id)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise InvitationClosed
    return invitation


def _post(invitation: Invitation, *, network: str, now: datetime) -> None:
    AccessMail.objects.create(
        invitation=invitation, email=invitation.email, network=network, wanted_at=now, next_attempt_at=now
    )


def _record(invitation: Invitation, name: str, actor: str) -> None:
    record_event(
        merchant_id=invitation.merchant_id,
        subject=Event.Subject.MERCHANT,
        subject_id=invitation.merchant_id,
        name=name,
        actor=actor,
        person=invitation.email,
        role=invitation.role,
        invitation=invitation.pk,
    )
