"""Screens of what a second person approves: who asked for it is not offered to approve it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import HttpRequest

from billing.admin.page_actions import PageAction
from billing.admin.roles import staff_of
from billing.services.second_persons import has_no_second_person

APPROVE: Final = "approve"


class ApprovedByAnother:
    """`asked_by` names the column of who asked. An owner who is alone approves alone (decision 39)."""

    asked_by: ClassVar[str]

    def is_offered_to(self, request: HttpRequest, action: PageAction, row: Any) -> bool:
        is_offered: bool = super().is_offered_to(request, action, row)  # type: ignore[misc]
        user = staff_of(request)
        if not is_offered or action.name != APPROVE or getattr(row, f"{self.asked_by}_id") != user.pk:
            return is_offered
        return has_no_second_person(merchant_id=row.merchant_id, user=user)
