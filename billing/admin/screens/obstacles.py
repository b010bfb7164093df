"""What an act on many rows passes over, and what it says of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from billing.admin.page_actions import PageAction
from billing.errors import DomainError


class NotPossibleNow(DomainError):
    code = "NOT_POSSIBLE_NOW"
    message = gettext_noop("This cannot be done to it as it is now:")


def check_is_offered(action: PageAction, row: Any) -> None:
    """:raises NotPossibleNow: its page would not offer it"""
    if not action.is_offered(row):
        raise NotPossibleNow(reason=str(action.why_not(row)))
