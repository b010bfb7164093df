"""Staff who sign in to the admin."""

from __future__ import annotations

from typing import Any

from django.test import Client

from billing.models import Membership, Merchant, Role, User

PASSWORD = "a-long-enough-passphrase"


def make_staff(merchant: Merchant | None, role: Role = Role.OWNER, username: str = "", **kwargs: Any) -> User:
    """A member of staff with this role at this merchant; without a merchant, of none yet."""
    name = username or f"{role.value.lower()}-{merchant.username if merchant else 'nobody'}"
    user = User(username=name, is_staff=True, **kwargs)
    user.set_unusable_password()
    user.save()
    if merchant is not None:
        Membership.objects.create(merchant=merchant, user=user, role=role)
    return user


def make_administrator(username: str = "platform") -> User:
    user = User(username=username, is_staff=True, is_superuser=True)
    user.set_unusable_password()
    user.save()
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(response: Any) -> list[str]:
    """The messages that the page after a redirect shows."""
    return [str(message) for message in response.context["messages"]]
