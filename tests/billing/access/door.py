"""Somebody at the door of the office, with a password and a phone."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.models import User
from tests.staff import PASSWORD

LOGIN = "/admin/login/"
CODE = "/admin/door/code/"
PHONE = "/admin/door/phone/"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User | str, password: str = PASSWORD, **more: Any) -> Any:
    username = user if isinstance(user, str) else user.username
    return client.post(f"{LOGIN}?next=/admin/", {"username": username, "password": password, "next": "/admin/"}, **more)


def phone_of(user: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="phone", confirmed=True)


def code_of(device: TOTPDevice, *, steps: int = 0) -> str:
    """What the phone shows now, or showed or will show so many half minutes away."""
    return f"{totp(device.bin_key, t0=-30 * steps):06d}"


def said_by(answer: Any) -> str:
    """A page without the token of its form, which is another one each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def is_in(client: Client) -> bool:
    return bool(client.get("/admin/").status_code == 200)
