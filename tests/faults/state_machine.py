"""
Everything at once, in an order nobody thought of: posts, time, sweeps, faults, deaths, callbacks, money.

After each step what must always hold is checked; in the end the faults stop, and what must hold then.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from invoices.sandbox.models import FaultKind
from tests.faults.world import World, dying_at

QUICK_FAULTS = [
    FaultKind.ACCEPTED_500,
    FaultKind.DROPPED,
    FaultKind.TRUNCATED,
    FaultKind.GARBAGE,
    FaultKind.WRONG_KEY,
    FaultKind.WRONG_ECHO,
    FaultKind.REFUSED_500,
    FaultKind.NOT_FOUND,
    FaultKind.STATUS_FALSE,
    FaultKind.FIELD_ERRORS,
    FaultKind.REDIRECT,
    FaultKind.TOO_MANY,
    FaultKind.UNAUTHORIZED,
]
# A 404 to an enquiry says that there is no such invoice. As a lie it is NOTHING_FOUND, which no client can see through
# before the gateway has confirmed a first invoice (decision 42).
ENQUIRY_FAULTS = [
    FaultKind.ACCEPTED_500,
    FaultKind.DROPPED,
    FaultKind.GARBAGE,
    FaultKind.WRONG_ECHO,
    FaultKind.REFUSED_500,
    FaultKind.TOO_MANY,
    FaultKind.UNAUTHORIZED,
]
# What is late while nobody sweeps: nothing is wrong before the sweeps have run.
LATE = {"I10", "I3"}

which = st.integers(min_value=0, max_value=9)
deaths = st.none() | st.integers(min_value=1, max_value=40)
pauses = st.sampled_from(
    [
        timedelta(minutes=1),
        timedelta(minutes=6),
        timedelta(hours=2),
        timedelta(days=1),
        timedelta(days=3),
        timedelta(days=35),
        timedelta(minutes=-3),
    ]
)


class Billing(RuleBasedStateMachine):
    make_world: Any = None
    world: World
    examples = 0
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).make_world()
        self.is_posted = False
        Billing.examples += 1

    @rule(amount=st.sampled_from([Decimal("0.001"), Decimal("150.500")]), due_in=st.sampled_from([-40, 0, 40]))
    def post_bill(self, amount: Decimal, due_in: int) -> None:
        self.world.post_bill(amount=amount, due_in=due_in)
        self.is_posted = True

    @rule(
        kind=st.sampled_from(["FIXED_MONTHLY", "CUSTOM_SCHEDULE", "OPEN_ENDED"]), first_in=st.sampled_from([-70, 0, 5])
    )
    def post_plan(self, kind: str, first_in: int) -> None:
        self.world.post_plan(kind=kind, first_in=first_in)
        self.is_posted = True

    @rule(by=pauses)
    def time_passes(self, by: timedelta) -> None:
        self.world.clock.advance(by)

    @precondition(lambda self: self.is_posted)
    @rule(dies_at=deaths)
    def issue(self, dies_at: int | None) -> None:
        with dying_at(dies_at):
            self.world.issue()

    @precondition(lambda self: self.is_posted)
    @rule(fault=st.none() | st.sampled_from(QUICK_FAULTS), dies_at=deaths)
    def push(self, fault: FaultKind | None, dies_at: int | None) -> None:
        with dying_at(dies_at):
            self.world.push(fault)
        self.world.shop.no_faults()

    @precondition(lambda self: self.is_posted)
    @rule(fault=st.none() | st.sampled_from(ENQUIRY_FAULTS), dies_at=deaths)
    def run_errands(self, fault: FaultKind | None, dies_at: int | None) -> None:
        with dying_at(dies_at):
            self.world.run_errands(fault)
        self.world.shop.no_faults()

    @precondition(lambda self: self.is_posted)
    @rule(dies_at=deaths)
    def tidy(self, dies_at: int | None) -> None:
        with dying_at(dies_at):
            self.world.tidy()

    @precondition(lambda self: self.is_posted)
    @rule(dies_at=deaths)
    def process_callbacks(self, dies_at: int | None) -> None:
        with dying_at(dies_at):
            self.world.process_callbacks()

    @precondition(lambda self: self.is_posted)
    @rule()
    def work(self) -> None:
        self.world.work()

    @precondition(lambda self: self.is_posted)
    @rule(which=which, times=st.sampled_from([1, 1, 2]))
    def customer_pays(self, which: int, times: int) -> None:
        self.world.customer_pays(which, times=times)

    @precondition(lambda self: self.world.announcements)
    @rule(which=which)
    def gateway_announces(self, which: int) -> None:
        self.world.gateway_announces(which)

    @precondition(lambda self: self.is_posted)
    @rule(which=which, with_real_token=st.booleans())
    def stranger_announces(self, which: int, with_real_token: bool) -> None:
        self.world.stranger_announces(which, with_real_token=with_real_token)

    @precondition(lambda self: self.is_posted)
    @rule(which=which)
    def cancel_bill(self, which: int) -> None:
        self.world.cancel_bill(which)

    @precondition(lambda self: self.is_posted)
    @rule(which=which)
    def cancel_invoice(self, which: int) -> None:
        self.world.cancel_invoice(which)

    @precondition(lambda self: self.is_posted)
    @rule(which=which, change=st.sampled_from(["cancel", "pause", "resume"]))
    def change_plan(self, which: int, change: str) -> None:
        self.world.change_plan(which, change)

    @precondition(lambda self: self.is_posted)
    @rule(which=which, part=st.booleans())
    def take_cash(self, which: int, part: bool) -> None:
        self.world.take_cash(which, part=part)

    @precondition(lambda self: self.is_posted)
    @rule()
    def mend_account(self) -> None:
        self.world.mend_account()

    @invariant()
    def nothing_is_doubled_made_up_or_wrong(self) -> None:
        Billing.steps += 1
        assert self.world.doubled() == []
        assert self.world.paid_without_money() == []
        assert [one for one in self.world.differences() if one.invariant not in LATE] == []

    def teardown(self) -> None:
        self.world.come_to_rest()
        assert self.world.lost_money() == set()
        assert self.world.doubled() == []
        assert self.world.paid_without_money() == []
        assert self.world.differences(at_gateways=True) == []


def run_machine(make_world: Any, wanted: settings) -> None:
    class Machine(Billing):
        pass

    Machine.make_world = staticmethod(make_world)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            wanted, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck)
        ),
    )
