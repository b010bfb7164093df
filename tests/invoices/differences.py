"""What the audit finds, as a list to compare: a test's book is small enough for it."""

from __future__ import annotations

from datetime import datetime

from invoices.audit.difference import Difference
from invoices.audit.run import differences


def find_differences(*, now: datetime, at_gateways: bool = False) -> list[Difference]:
    """
    Everything that is not as it should be; empty when all is well.

    :param at_gateways: also ask the gateways, one call per invoice
    """
    return list(differences(now=now, at_gateways=at_gateways))
