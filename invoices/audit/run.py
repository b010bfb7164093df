"""All the checks, in the order of the invariants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from invoices.audit.at_gateways import one_at_the_gateway
from invoices.audit.difference import Difference
from invoices.audit.issuing import due_is_invoiced_once, installments_sum_to_the_total, numbers_have_no_gaps
from invoices.audit.money import paid_has_evidence, payments_fit_what_is_owed, states_agree_with_their_times
from invoices.audit.progress import changes_have_events, nothing_is_stuck
from invoices.audit.tenants import no_foreign_key_crosses_merchants

Check = Callable[..., Iterator[Difference]]

CHECKS: Final[tuple[Check, ...]] = (
    due_is_invoiced_once,
    installments_sum_to_the_total,
    paid_has_evidence,
    payments_fit_what_is_owed,
    states_agree_with_their_times,
    numbers_have_no_gaps,
    no_foreign_key_crosses_merchants,
    nothing_is_stuck,
    changes_have_events,
)


def find_differences(*, now: datetime, at_gateways: bool = False) -> list[Difference]:
    """
    Everything that is not as it should be; empty when all is well.

    :param at_gateways: also ask the gateways, one call per invoice
    """
    checks = (*CHECKS, one_at_the_gateway) if at_gateways else CHECKS
    return [difference for check in checks for difference in check(now=now)]
