"""An act on a whole list of bills, as a person does it: the question is read, then answered."""

from __future__ import annotations

from typing import Any

from django.test import Client

ALL = "/admin/billing/bill/all"


def ask(client: Client, act: str, query: str = "") -> dict[str, str]:
    """What the form of the question carries."""
    page = client.get(f"{ALL}/{act}/{query}")
    return dict(page.context["dry_run"].told) | {"once": page.context["once"], "confirmed": "1"}


def answer(client: Client, act: str, query: str = "", **form: Any) -> Any:
    return client.post(f"{ALL}/{act}/{query}", form, follow=True)


def act_on_all(client: Client, act: str, query: str = "", **form: Any) -> Any:
    """Where it is foretold what it comes to, the person agrees to that."""
    stated = ask(client, act, query) | form
    page = answer(client, act, query, **stated)
    effect = page.context.get("effect") if page.context else None
    return answer(client, act, query, **stated, told_effect=page.context["told_effect"]) if effect else page
