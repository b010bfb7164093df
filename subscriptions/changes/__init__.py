"""
What may be changed about a plan, computed before it is done.

Each edit turns a `Plan`, read from its rows, into a `Change`: the schedule before and after, and what to think of. The
same computation is shown to the person and then applied by `subscriptions.services.changing`. No clock, no database.
"""

from subscriptions.changes.ending import CancelAtEnd, CancelNow, SettleEarly
from subscriptions.changes.moving import MoveInstallment, SkipInstallment
from subscriptions.changes.pausing import Pause, Resume
from subscriptions.changes.plans import Change, Edit, Line, Plan
from subscriptions.changes.terms import NewEnd, NewTerms, SpreadOver

__all__ = [
    "CancelAtEnd",
    "CancelNow",
    "Change",
    "Edit",
    "Line",
    "MoveInstallment",
    "NewEnd",
    "NewTerms",
    "Pause",
    "Plan",
    "Resume",
    "SettleEarly",
    "SkipInstallment",
    "SpreadOver",
]
