"""What a plan is, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.admin.cells import NOTHING, day_text
from subscriptions.models import Subscription
from subscriptions.schedules import Interval, Rule

LAST_DAY = 31


def payment_day_words(day: int) -> str:
    return _("Last day of the month") if day == LAST_DAY else str(day)


def end_words(plan: Subscription) -> str:
    """Of an open-ended plan; the others end when their total is paid."""
    if plan.type != Subscription.Type.OPEN_ENDED:
        return NOTHING
    ends = []
    if plan.ends_after is not None:
        ends.append(
            ngettext("after %(count)s payment", "after %(count)s payments", plan.ends_after)
            % {"count": plan.ends_after}
        )
    if plan.ends_on is not None:
        ends.append(_("on %(day)s") % {"day": day_text(plan.ends_on)})
    return _(", ").join(ends) or _("None")


def period_words(rule: Rule) -> str:
    return {
        Interval.WEEKLY: _("Every week"),
        Interval.MONTHLY: _("Every month"),
        Interval.QUARTERLY: _("Every quarter"),
        Interval.YEARLY: _("Every year"),
    }[rule.interval]
