"""Staff at a subscription's page: the form, the rehearsal, the yes."""

from __future__ import annotations

from typing import Any

from django.test import Client

from subscriptions.admin.rehearsal import Rehearsal
from subscriptions.models import Subscription

ADD = "/admin/subscriptions/subscription/add/"


def url_of(subscription: Subscription, act: str) -> str:
    return f"/admin/subscriptions/subscription/{subscription.pk}/do/{act}/"


def page_of(subscription: Subscription) -> str:
    return f"/admin/subscriptions/subscription/{subscription.pk}/change/"


def rehearsal_in(response: Any) -> Rehearsal:
    rehearsal: Rehearsal = response.context["rehearsal"]
    return rehearsal


def rehearse(client: Client, url: str, entries: dict[str, Any]) -> Any:
    return client.post(url, entries)


def confirmed(client: Client, url: str, entries: dict[str, Any]) -> Any:
    """As in the browser: what the rehearsal page holds is sent back."""
    rehearsal = rehearsal_in(rehearse(client, url, entries))
    return client.post(url, {**entries, "rehearsed": rehearsal.fingerprint}, follow=True)
