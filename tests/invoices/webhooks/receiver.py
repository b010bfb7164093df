"""A merchant's system that listens, over real HTTP, and what a test does around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook
from werkzeug import Request, Response

from billing.clock import database_now
from billing.models import Merchant, WebhookDelivery, WebhookEndpoint
from billing.webhooks.deliveries import deliver_due
from billing.webhooks.endpoints import add_endpoint
from invoices.webhooks import post_announcement


@dataclass(frozen=True)
class Received:
    id: str
    headers: dict[str, str]
    text: str

    @property
    def type(self) -> str:
        return str(self.content["type"])

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text)
        return content


class Receiver:
    """Answers 200, or what it was told to answer next."""

    def __init__(self, server: HTTPServer, merchant: Merchant, path: str = "/hooks") -> None:
        self.received: list[Received] = []
        self.answers: list[Response] = []
        server.expect_request(path, method="POST").respond_with_handler(self._answer)
        self.url = server.url_for(path)
        self.endpoint, self.secret = add_endpoint(
            merchant=merchant, url=self.url, allow_private=True, actor="user:1", now=database_now()
        )

    def _answer(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(headers["webhook-id"], headers, request.get_data(as_text=True)))
        return self.answers.pop(0) if self.answers else Response("thanks")

    @property
    def types(self) -> list[str]:
        return [each.type for each in self.received]

    def verify(self, each: Received, secret: str) -> Any:
        return Webhook(secret).verify(each.text, each.headers)


def deliver(endpoint: WebhookEndpoint) -> int:
    """What a worker does; how many deliveries it took up."""
    taken, _is_done = deliver_due(endpoint_id=endpoint.pk, post=post_announcement, deadline=20.0, seconds=60.0)
    return taken


def let_pauses_pass() -> None:
    WebhookEndpoint.objects.update(next_call_at=None)
    WebhookDelivery.objects.filter(status="DUE").update(due_at=database_now())
