"""What every operation of the API shares: the order of its steps, and how it answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, cast

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from billing.api import strict_json
from billing.api.authentication import ApiKeyAuthentication
from billing.api.body import discard_rest, parse_body, read_body
from billing.api.envelope import json_answer
from billing.api.errors import MethodNotAllowed, RateLimitExceeded, Refusal
from billing.api.idempotency import answer_request, check_key
from billing.api.rate_limits import Usage, count_request
from billing.idempotency import Answer, Claim
from billing.models import ApiKey, Merchant
from billing.retries import retry_given_up


class DocumentedOperation(APIView):
    """A POST that makes one document; contract.md lists the steps, and a subclass does the last of them."""

    authentication_classes = [ApiKeyAuthentication]
    http_method_names = ["post"]
    endpoint: ClassVar[str]
    failure_message: ClassVar[str]

    usage: Usage | None = None
    _is_counted = False

    def limit_of(self, merchant: Merchant) -> int:
        """How many requests an hour; 0 for any number."""
        raise NotImplementedError

    def create(self, merchant: Merchant, body: Mapping[str, Any], *, actor: str, now: datetime) -> Answer:
        """Steps 6 to 11: check the body, make the document, describe it."""
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The method comes before the key: DRF looks at it last. Of content there is nothing to negotiate."""
        if request.method != "POST":
            raise MethodNotAllowed
        self.perform_authentication(request)

    def post(self, request: Request, username: str) -> HttpResponse:
        api_key = cast(ApiKey, request.auth)
        now = timezone.now()
        try:
            raw = read_body(request._request)
            key = request.META.get("HTTP_IDEMPOTENCY_KEY")
            if key is not None:
                check_key(key)
            body = parse_body(raw)
        except Refusal:
            discard_rest(request._request)
            self._count(api_key.merchant)  # step 3 comes before these: its 429 wins
            raise
        answer = retry_given_up(partial(self._answer, api_key, body, key, now))
        headers = {"Link": answer.link} if answer.link else {}
        if answer.is_replay:
            headers["Idempotent-Replayed"] = "true"
        return json_answer(answer.text, headers=headers)

    def _answer(self, api_key: ApiKey, body: Mapping[str, Any], key: str | None, now: datetime) -> Answer:
        merchant = api_key.merchant

        def count_and_create() -> Answer:
            self._count(merchant)
            return self.create(merchant, body, actor=f"api:{api_key.prefix}", now=now)

        if key is None:
            return count_and_create()
        claim = Claim(merchant_id=merchant.pk, endpoint=self.endpoint, key=key, body_digest=strict_json.digest(body))
        return answer_request(claim, work=count_and_create, now=now)

    def _count(self, merchant: Merchant) -> None:
        """Once a request, however often its transaction is tried; :raises RateLimitExceeded:"""
        if not self._is_counted:
            self._is_counted = True
            self.usage = count_request(
                self.request._request,
                merchant_id=merchant.pk,
                endpoint=self.endpoint,
                limit=self.limit_of(merchant),
            )
        if self.usage and self.usage.is_exceeded:
            raise RateLimitExceeded(seconds_left=self.usage.seconds_left)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.usage:
            for name, value in self.usage.headers.items():
                response.headers[name] = value
        return response
