"""Letters into the office that were delivered, and the links in them."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core import mail
from django.utils import timezone

from billing.access.letters import send_letters

FORGOTTEN = "/admin/door/forgotten/"
NEW = "another-long-passphrase"


def link_in(letter: Any) -> str:
    found = re.search(rf"{settings.PUBLIC_BASE_URL}(/admin/door/\S+)", letter.body)
    assert found, letter.body
    return found[1]


def delivered() -> list[Any]:
    mail.outbox.clear()
    send_letters(now=timezone.now())
    return list(mail.outbox)
