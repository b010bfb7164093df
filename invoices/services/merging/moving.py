"""Everything a customer has, given to another row of the same person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model, QuerySet

from billing.models import Bill, Customer
from invoices.models import Invoice, PageOpening, Payment, Reminder
from invoices.services.customer_documents import DOCUMENTS
from subscriptions.models import Subscription

COUNTED: Final = (Bill, Subscription, Invoice, Payment)


def move_rows(survivor: Customer, double: Customer) -> dict[str, int]:
    """
    Point every row that names the double at the survivor, in the caller's transaction; how many of what is COUNTED.

    The caller has waited for what was just being made (`lock_documents`).
    """
    moved = {model: rows.update(customer=survivor) for model, rows in _rows_of(double)}
    _move_reminders(survivor, double)
    _add_openings(survivor, double)
    return {str(model._meta.model_name): moved[model] for model in COUNTED}


def _rows_of(double: Customer) -> Iterator[tuple[type[Model], QuerySet[Any]]]:
    """Whatever refers to customers, also what is added later; documents first."""
    apart = {Customer, Reminder, PageOpening}
    models: list[type[Model]] = [relation.related_model for relation in Customer._meta.related_objects]
    others = [model for model in models if model not in {*DOCUMENTS, *apart}]
    ordered: list[type[Model]] = [*DOCUMENTS, *others]
    for model in ordered:
        yield model, model._default_manager.filter(merchant_id=double.merchant_id, customer=double)


def _move_reminders(survivor: Customer, double: Customer) -> None:
    """But for those of days on which both had one: the row of the former number keeps them, and they their day."""
    theirs = Reminder.objects.filter(merchant_id=survivor.merchant_id, customer=survivor).values("on_date")
    reminders = Reminder.objects.filter(merchant_id=double.merchant_id, customer=double)
    reminders.exclude(on_date__in=theirs).update(customer=survivor)


def _add_openings(survivor: Customer, double: Customer) -> None:
    openings = PageOpening.objects.select_for_update(of=("self",))
    added = openings.filter(customer=double).first()
    kept = openings.filter(customer=survivor).first()
    if added is None:
        return
    if kept is None:
        PageOpening.objects.filter(pk=added.pk).update(customer=survivor)
        return
    kept.count += added.count
    kept.first_opened_at = min(kept.first_opened_at, added.first_opened_at)
    kept.last_opened_at = max(kept.last_opened_at, added.last_opened_at)
    kept.save(update_fields=["count", "first_opened_at", "last_opened_at"])
    added.delete()
