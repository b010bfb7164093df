"""Why a document is there, what it is over and when it is due, and what it waits for: the sentences before a story."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.admin.cells import day_text, money_text
from billing.models import Bill
from invoices.explaining.scope import Document
from invoices.gateway_sentences import gateway_words
from invoices.models import Invoice
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import rule_at
from subscriptions.services.rows import terms_of
from subscriptions.services.rules import rules_of

Interval = Subscription.Interval


def origin_of(document: Document) -> list[str]:
    if isinstance(document, Bill):
        return [*_bill(document), *_waits(document)]
    if isinstance(document, Installment):
        return [*_installment(document), *_waits(document)]
    if isinstance(document, Subscription):
        return list(_plan(document))
    return [*_invoice(document), *origin_of(document.payable)]


def _bill(bill: Bill) -> Iterator[str]:
    words = {
        "service": _isolated(bill.service_type),
        "amount": money_text(bill.amount, bill.currency),
        "day": day_text(bill.due_date),
    }
    yield _("A bill for %(service)s over %(amount)s, due on %(day)s.") % words


def _invoice(invoice: Invoice) -> Iterator[str]:
    words = {
        "issue": invoice.issue_no,
        "asks_for": _isolated(str(invoice.payable)),
        "amount": money_text(invoice.amount, invoice.currency),
        "channel": invoice.get_channel_display(),
    }
    yield _("Invoice no. %(issue)s for %(asks_for)s, over %(amount)s, by %(channel)s.") % words
    if invoice.problem:
        yield gateway_words(invoice.problem)


def _installment(installment: Installment) -> Iterator[str]:
    plan = installment.subscription
    words = {
        "name": _isolated(str(installment)),
        "amount": money_text(installment.amount, plan.currency),
        "day": day_text(installment.due_date),
    }
    yield _("Payment %(name)s over %(amount)s, due on %(day)s.") % words
    is_final = plan.settled_early_at is not None and installment.sequence == plan.last_sequence
    rules = rules_of(plan, terms_of(plan))
    if is_final:
        yield _("It was agreed when the plan was settled early.")
    elif not rules:
        yield _("It was given with the plan's own schedule.")
    else:
        rule = rule_at(rules, installment.sequence)
        yield _rule(plan, rule.from_sequence, rule.interval.value, rule.payment_day, rule.amount)


def _plan(plan: Subscription) -> Iterator[str]:
    total = "" if plan.total_amount is None else money_text(plan.total_amount, plan.currency)
    words = {"type": plan.get_type_display(), "product": _isolated(plan.product_name), "total": total}
    yield (_("%(type)s, for %(product)s: %(total)s in all.") if total else _("%(type)s, for %(product)s.")) % words
    for rule in rules_of(plan, terms_of(plan)):
        yield _rule(plan, rule.from_sequence, rule.interval.value, rule.payment_day, rule.amount)
    if plan.ends_after is not None:
        yield _("It ends after payment %(count)s.") % {"count": plan.ends_after}
    if plan.ends_on is not None:
        yield _("No payment falls later than %(day)s.") % {"day": day_text(plan.ends_on)}
    if plan.settled_early_at is not None:
        discount = money_text(plan.discount_amount, plan.currency)
        yield _("It was settled early, with a discount of %(discount)s.") % {"discount": discount}


def _rule(plan: Subscription, from_sequence: int, interval: str, payment_day: int | None, amount: Decimal) -> str:
    words = {
        "sequence": from_sequence,
        "interval": Interval(interval).label,
        "amount": money_text(amount, plan.currency),
    }
    if payment_day is None:
        return _("Rule from payment %(sequence)s on: %(amount)s, %(interval)s.") % words
    words["day"] = payment_day
    return _("Rule from payment %(sequence)s on: %(amount)s, %(interval)s, on day %(day)s of the month.") % words


def _waits(payable: Bill | Installment) -> Iterator[str]:
    if isinstance(payable, Installment):
        if payable.hold:
            reason = payable.get_hold_display()
            yield _("It is not invoiced by itself and waits for a person: %(reason)s.") % {"reason": reason}
        elif _is_to_come(payable):
            ahead = timedelta(days=payable.merchant.issue_days_ahead)
            yield _("It is invoiced on %(day)s.") % {"day": day_text(payable.due_date - ahead)}
    if payable.promised_until is not None:
        yield _("Payment is promised by %(day)s; until then nobody is reminded.") % {
            "day": day_text(payable.promised_until)
        }


def _is_to_come(installment: Installment) -> bool:
    plan = installment.subscription
    is_running = plan.status == Subscription.Status.ACTIVE and plan.auto_generate_invoices
    return is_running and installment.status == Installment.Status.SCHEDULED


def _isolated(text: str) -> str:
    """Somebody else's words inside a sentence, which may be of the other direction."""
    return f"\u2068{text}\u2069"
