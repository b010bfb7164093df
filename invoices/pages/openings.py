"""Openings of pages by people, counted while they are shown."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import Error
from django.http import HttpRequest

from billing.models import Customer
from invoices.pages.readers import is_person
from invoices.services.openings import note_opening
from invoices.services.payables import Payable

logger = logging.getLogger(__name__)


def count_opening(request: HttpRequest, *, opened: Payable | Customer, now: datetime) -> None:
    """A database that only reads, for a while, still shows what is owed."""
    if not is_person(request):
        return
    try:
        note_opening(opened=opened, now=now)
    except Error:
        logger.exception("an opening was not counted")
