"""
Every address of the admin, found in its own list of addresses, so that a screen added later is walked too.

`walk_screen` goes to all of a screen's with another merchant's ids in hand; it fails at the first that shows anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse

from billing.admin.screens.acting import ActingAdmin
from tests.invoices.admin.rows import Rows

GONE = {302, 403, 404}
SCREENS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)
NAMES = [model.__name__ for model, _ in SCREENS]
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def url(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def walk_screen(client: Client, model: type[Model], screen: Any, theirs: Rows) -> None:
    """:raises AssertionError: where something of theirs is shown, or answers otherwise than what does not exist"""
    walk_rows(client, model, screen, theirs)
    for address in lists_of(model, screen, theirs):
        response = client.get(address, follow=True)
        assert response.status_code in {200, 400, 403, 404}, address
        assert theirs.mark not in text_of(response), address
        # A row may show nothing of its merchant's, and be one row too many all the same.
        assert url(model, "change", theirs.of[model].pk) not in text_of(response), address


def walk_rows(client: Client, model: type[Model], screen: Any, theirs: Rows) -> None:
    for address in addresses_of(model, screen, theirs):
        for response in (client.get(address), client.post(address, {"post": "yes", "reason": "x"})):
            assert response.status_code in GONE, address
            assert theirs.mark not in text_of(response), address


def text_of(response: Any) -> str:
    content = response.streaming_content if response.streaming else [response.content]
    return b"".join(content).decode(errors="replace")


def addresses_of(model: type[Model], screen: Any, theirs: Rows) -> Iterator[str]:
    """Everything that names one row."""
    for pattern in screen.get_urls():
        if set(pattern.pattern.converters) - {"name"}:
            yield from _filled(pattern, model, screen, theirs)
    yield f"{url(model, 'change', theirs.of[model].pk)}?_popup=1&_to_field=id"


def lists_of(model: type[Model], screen: Any, theirs: Rows) -> Iterator[str]:
    """The list, and every other page that names no row, with everything that could widen it."""
    for pattern in screen.get_urls():
        if not set(pattern.pattern.converters) - {"name"}:
            yield from _filled(pattern, model, screen, theirs)
    at = url(model, "changelist")
    queries = [f"q={theirs.phone}", f"q={theirs.bill.billing_no}", "_popup=1", "_to_field=id", "all=1", "o=999", "p=-1"]
    queries += ["p=NaN", "p=1000000000", "q=%00", "q=%25", "_facets=1", f"merchant={theirs.merchant.pk}"]
    queries += [f"{lookup}={theirs.of[model].pk}" for lookup in screen.linked_lookups]
    queries += [f"customer={theirs.bill.customer_id}", f"_changelist_filters=merchant%3D{theirs.merchant.pk}"]
    if screen.date_hierarchy:
        queries += [f"{screen.date_hierarchy}__year=2026", f"{screen.date_hierarchy}__year=NaN"]
    yield from (f"{at}?{query}" for query in queries)
    yield f"{url(model, 'add')}?merchant={theirs.merchant.pk}&customer={theirs.bill.customer_id}"


def post_of_ticked_row(model: type[Model], act: str, theirs: Rows) -> dict[str, Any]:
    """What the list sends for an act on another's row, over the whole filter and not."""
    return {"action": act, ACTION_CHECKBOX_NAME: [theirs.of[model].pk], "confirmed": "1", "select_across": "1"}


def _filled(pattern: URLPattern, model: type[Model], screen: Any, theirs: Rows) -> Iterable[str]:
    """The pattern's addresses. A parameter nobody has told us of is a KeyError: tell us what could be put there."""
    acts = [action.name for action in screen.page_actions] if isinstance(screen, ActingAdmin) else []
    known: dict[str, list[object]] = {
        "object_id": [theirs.of[model].pk],
        "id": [theirs.of[model].pk],
        "name": [*acts, "no-such-act"],
        "merchant_id": [theirs.merchant.pk],
        "use": ["INVOICE_EMAIL"],
        "language": ["en"],
    }
    text = str(pattern.pattern)
    names = _PARAMETER.findall(text)
    for values in product(*(known[name] for name in names)):
        filled = dict(zip(names, values, strict=True))
        yield url(model, "changelist") + _PARAMETER.sub(lambda found, filled=filled: str(filled[found[1]]), text)
