"""Every report there is: its name in addresses, what it answers, and the days it begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from invoices.models import GatewayStatement
from invoices.reports.ageing import ageing, ageing_by_customer
from invoices.reports.billed import billed_by_month
from invoices.reports.collected import (
    collected_by_channel,
    collected_by_day,
    collected_by_method,
    collected_by_user,
)
from invoices.reports.customer_account import customer_account
from invoices.reports.forecast import forecast
from invoices.reports.last_statement import days_paid, days_paid_out
from invoices.reports.payouts import gateway_fees, payouts
from invoices.reports.reconciled import reconciliation
from invoices.reports.recurring import recurring
from invoices.reports.spans import Days, Span, end_of_month
from invoices.reports.tables import Report, Text
from invoices.services.statements import year_until
from subscriptions.schedules import months_later


@dataclass(frozen=True, kw_only=True)
class Listing:
    """
    :param days: those it shows unless somebody asks for others; None where it is about today alone
    :param of_statement: those of a statement of the gateway: it begins with the last one's
    :param is_of_customer: it is about one customer, who is asked for first
    """

    name: str
    title: Text
    about: Text
    make: Callable[[Span], Report]
    days: Callable[[date], Days] | None = None
    of_statement: Callable[[GatewayStatement], Days] | None = None
    is_of_customer: bool = False

    @property
    def url_name(self) -> str:
        return "report_" + self.name.replace("-", "_")


def this_month(today: date) -> Days:
    return today.replace(day=1), today


def last_month(today: date) -> Days:
    first = months_later(today, -1, 1)
    return first, end_of_month(first)


def twelve_months(today: date) -> Days:
    """The month that is under way, whole, and the eleven before it."""
    return months_later(today, -11, 1), end_of_month(today)


def last_twelve_months(today: date) -> Days:
    """As on a customer's own page and on paper."""
    return year_until(today), today


REPORTS: Final[tuple[Listing, ...]] = (
    Listing(
        name="collected-by-day",
        title=_("Collected by day"),
        about=_("What came in on each day, and by which way."),
        make=collected_by_day,
        days=this_month,
    ),
    Listing(
        name="collected-by-method",
        title=_("Collected by method"),
        about=_("Payment links, cash and bank transfers compared."),
        make=collected_by_method,
        days=this_month,
    ),
    Listing(
        name="collected-by-person",
        title=_("Collected by person"),
        about=_("Who of the staff took how much, and gave how much back."),
        make=collected_by_user,
        days=this_month,
    ),
    Listing(
        name="collected-by-channel",
        title=_("Collected by channel"),
        about=_("Whether SMS, WhatsApp, e-mail or the bare link brings the money."),
        make=collected_by_channel,
        days=this_month,
    ),
    Listing(
        name="ageing",
        title=_("Ageing"),
        about=_("How late what is owed today is, bills and installments."),
        make=ageing,
    ),
    Listing(
        name="ageing-by-customer",
        title=_("Ageing by customer"),
        about=_("Who owes the most today, and for how long."),
        make=ageing_by_customer,
    ),
    Listing(
        name="customer-statement",
        title=_("Statement of a customer"),
        about=_("One customer's account: what fell due, what was paid, and what remained."),
        make=customer_account,
        days=last_twelve_months,
        is_of_customer=True,
    ),
    Listing(
        name="billed",
        title=_("Billed by month"),
        about=_("What fell due in each month, paid or not."),
        make=billed_by_month,
        days=twelve_months,
    ),
    Listing(
        name="recurring",
        title=_("Monthly recurring revenue"),
        about=_("What open-ended plans are worth a month, how that moved, and churn."),
        make=recurring,
        days=twelve_months,
    ),
    Listing(
        name="reconciliation",
        title=_("Gateway reconciliation"),
        about=_("The gateway's statements against the payments recorded here: what agrees, differs, or is missing."),
        make=reconciliation,
        days=last_month,
        of_statement=days_paid,
    ),
    Listing(
        name="payouts",
        title=_("Gateway payouts"),
        about=_("What each payout of the gateway was made of, and what was kept of it as fees."),
        make=payouts,
        days=last_month,
        of_statement=days_paid_out,
    ),
    Listing(
        name="gateway-fees",
        title=_("Gateway fees by month"),
        about=_("What the gateway collected and kept in each month, and its rate."),
        make=gateway_fees,
        days=twelve_months,
    ),
    Listing(
        name="forecast",
        title=_("Forecast"),
        about=_("What plans will ask for in the rest of this month and the twelve months after it."),
        make=forecast,
    ),
)
ABOUT_STATEMENTS: Final = tuple(one for one in REPORTS if one.of_statement)
