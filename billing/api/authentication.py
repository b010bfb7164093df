"""Who is asking: the key in X-API-Key, good for the merchant in the path."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from billing import services
from billing.api.errors import InvalidApiKey, NoApiKey
from billing.identifiers import is_username
from billing.models import ApiKey, Merchant


class ApiKeyAuthentication(BaseAuthentication):
    """Makes `request.user` the merchant and `request.auth` the key (contract.md, step 2)."""

    def authenticate(self, request: Request) -> tuple[Merchant, ApiKey]:
        """
        :raises NoApiKey: the header is absent or blank
        :raises InvalidApiKey: for every other reason alike
        """
        plaintext = request.META.get("HTTP_X_API_KEY", "").strip()
        if not plaintext:
            raise NoApiKey
        username = request.parser_context["kwargs"]["username"]
        # What no merchant and no key can be never reaches the database, which could not even hold some of it.
        if not (is_username(username) and plaintext.isascii()):
            raise InvalidApiKey
        try:
            api_key = services.authenticate_api_key(username=username, plaintext=plaintext, now=timezone.now())
        except services.InvalidApiKey:
            raise InvalidApiKey from None
        return api_key.merchant, api_key
