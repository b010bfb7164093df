"""An act on a whole list, usually of bills, as a person does it: the question is read, then answered."""

from __future__ import annotations

from typing import Any

from django.test import Client

ALL = "/admin/billing/bill/all"


def ask(client: Client, act: str, query: str = "", *, of: str = ALL) -> dict[str, str]:
    """What the form of the question carries."""
    page = client.get(f"{of}/{act}/{query}")
    carried = dict(page.context["dry_run"].told) | {"once": page.context["once"], "confirmed": "1"}
    return carried | ({"told_effect": page.context["told_effect"]} if page.context["effect"] else {})


def answer(client: Client, act: str, query: str = "", *, of: str = ALL, **form: Any) -> Any:
    return client.post(f"{of}/{act}/{query}", form, follow=True)


def act_on_all(client: Client, act: str, query: str = "", *, of: str = ALL, **form: Any) -> Any:
    """Where it is foretold what it comes to, the person agrees to that."""
    stated = ask(client, act, query, of=of) | form
    page = answer(client, act, query, of=of, **stated)
    effect = page.context.get("effect") if page.context else None
    agreed = stated | {"told_effect": page.context["told_effect"]} if effect else {}
    return answer(client, act, query, of=of, **agreed) if effect else page
