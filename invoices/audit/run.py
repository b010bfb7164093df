"""All the checks, in the order of the invariants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from invoices.audit.at_gateways import one_at_the_gateway
from invoices.audit.credits import credits_fit_what_was_left
from invoices.audit.customers import money_stays_with_its_customer
from invoices.audit.difference import Difference
from invoices.audit.events import changes_have_events
from invoices.audit.issuing import due_is_invoiced_once, live_invoices_ask_for_what_is_owed
from invoices.audit.money import paid_has_evidence, payments_fit_what_is_owed
from invoices.audit.numbers import numbers_have_no_gaps
from invoices.audit.progress import nothing_is_stuck
from invoices.audit.pushes import pushes_are_written_down
from invoices.audit.refunds import refunds_fit_what_came_in
from invoices.audit.schedules import plans_have_their_installments
from invoices.audit.snapshot import one_snapshot
from invoices.audit.states import states_agree_with_their_times
from invoices.audit.tenants import no_foreign_key_crosses_merchants

Check = Callable[..., Iterator[Difference]]

CHECKS: Final[tuple[Check, ...]] = (
    pushes_are_written_down,
    due_is_invoiced_once,
    live_invoices_ask_for_what_is_owed,
    plans_have_their_installments,
    paid_has_evidence,
    payments_fit_what_is_owed,
    refunds_fit_what_came_in,
    credits_fit_what_was_left,
    states_agree_with_their_times,
    numbers_have_no_gaps,
    no_foreign_key_crosses_merchants,
    money_stays_with_its_customer,
    nothing_is_stuck,
    changes_have_events,
)


def differences(*, now: datetime, at_gateways: bool = False) -> Iterator[Difference]:
    """
    Everything that is not as it should be, one by one: a ruined book has more differences than memory.

    :param at_gateways: also ask the gateways, one call per invoice
    """
    with one_snapshot():
        for check in CHECKS:
            yield from check(now=now)
    if at_gateways:
        yield from one_at_the_gateway(now=now)
