"""One call to an endpoint: signed as Standard Webhooks says, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from standardwebhooks import Webhook

from billing.fields import UnreadableSecret
from billing.models import WebhookDelivery, WebhookEndpoint


class NoAnswer(Exception):
    """No whole answer came; `str()` says why in a few words."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    status: int
    body: bytes


# Posts a body to an address, within so many seconds in all, following nothing: `post(url, headers, body, seconds)`.
Post = Callable[[str, Mapping[str, str], bytes, float], Answered]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`answer` is the HTTP status, None where none came; `detail` what a person wants to read of it."""

    answer: int | None
    detail: str

    @property
    def is_delivered(self) -> bool:
        return self.answer is not None and 200 <= self.answer < 300

    @property
    def is_gone(self) -> bool:
        """The receiver says that nobody listens here any more."""
        return self.answer == 410


def call_endpoint(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, *, post: Post, seconds: float, now: datetime
) -> Outcome:
    """
    Send it once. Anything but a 2xx is a failure, a redirect too: it is never followed.

    Where it cannot be signed, because no key opens the secret, that is the failure.
    """
    try:
        headers = signed_headers(endpoint, delivery, now=now)
        answered = post(endpoint.url, headers, delivery.body.encode(), seconds)
    except (NoAnswer, UnreadableSecret) as failure:
        return Outcome(answer=None, detail=str(failure)[:500])
    # The receiver's own words help to find its mistake; more than the beginning is nobody's business.
    words = answered.body[:2000].decode("utf-8", "replace").replace("\0", "").strip()
    return Outcome(answer=answered.status, detail=words[:500])


def signed_headers(endpoint: WebhookEndpoint, delivery: WebhookDelivery, *, now: datetime) -> dict[str, str]:
    """While a secret is being changed over, both sign."""
    secrets = [endpoint.secret]
    if endpoint.previous_secret_until is not None and now < endpoint.previous_secret_until:
        secrets.append(endpoint.previous_secret)
    signatures = [Webhook(secret).sign(delivery.public_id, now, delivery.body) for secret in secrets]
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "billing-webhooks/1",
        "webhook-id": delivery.public_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
