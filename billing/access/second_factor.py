"""One-time codes from a phone, and the codes on paper for the day the phone is gone."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.errors import DomainError
from billing.models import User
from billing.typed_numbers import DIGITS

BACKUP_CODES: Final = 10
_TOTP_DIGITS: Final = 6


class CodeWrong(DomainError):
    code = "CODE_WRONG"
    message = gettext_noop("This code is not right, or was used already. Wait for the next one and type that.")


class CodeThrottled(DomainError):
    code = "CODE_THROTTLED"
    message = gettext_noop("Too many wrong codes. Wait a moment before you try the next one.")


def has_second_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def begin_enrolment(user: User) -> TOTPDevice:
    """The device to show as a QR code; the same one until it is confirmed, so that a reload shows no other."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("-id").first()
    return device or TOTPDevice.objects.create(user=user, name="phone", confirmed=False)


def check_new_phone(*, user: User, entered: str) -> TOTPDevice:
    """
    Outside any transaction, or a refusal would take its own count back.

    :raises CodeWrong: the phone shows another code
    :raises CodeThrottled: after wrong ones, for a while that doubles
    """
    device = begin_enrolment(user)
    _verify(user, device, entered)
    return device


@transaction.atomic
def confirm_enrolment(*, user: User, device: TOTPDevice) -> list[str]:
    """
    The checked phone is the second factor from now on, in place of any other; the backup codes, shown this once.
    """
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    TOTPDevice.objects.filter(user=user, pk=device.pk).update(confirmed=True)
    return renew_backup_codes(user=user)


@transaction.atomic
def renew_backup_codes(*, user: User) -> list[str]:
    """Ten new ones. The old ones open nothing any more."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="paper")
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def backup_codes_left(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def check_code(*, user: User, entered: str) -> None:
    """
    Use up a code of the phone, or one from paper.

    :raises CodeWrong: none of the person's, or used before
    :raises CodeThrottled: after wrong ones, for a while that doubles
    """
    code = _plain(entered)
    is_from_phone = code.isdigit() and len(code) == _TOTP_DIGITS
    devices = (TOTPDevice if is_from_phone else StaticDevice).objects.filter(user=user, confirmed=True)
    device = devices.order_by("id").first()
    if device is None:
        raise CodeWrong
    _verify(user, device, code)


@transaction.atomic
def remove_second_factor(*, user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _verify(user: User, device: TOTPDevice | StaticDevice, entered: str) -> None:
    allowed, _why = device.verify_is_allowed()
    if not allowed:
        raise CodeThrottled
    if verify_token(user, device.persistent_id, _plain(entered)) is None:
        raise CodeWrong


def _plain(entered: str) -> str:
    """As people type them: with spaces or a dash, in capitals, in Arabic digits."""
    return "".join(character for character in entered.translate(DIGITS).lower() if character.isalnum())
