"""What a document's page tells, read from what its template was given."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.test import Client

from billing.admin.screens.documents import Section
from tests.invoices.admin.walk import url


def page_of(client: Client, row: Model) -> Any:
    response = client.get(url(type(row), "change", row.pk))
    assert response.status_code == 200
    return response


def facts_of(page: Any) -> dict[str, str]:
    return {str(fact.title): str(fact.value) for fact in page.context["page"].facts}


def notices_of(page: Any) -> list[str]:
    return [str(notice.text) for notice in page.context["page"].notices]


def section_of(page: Any, title: str) -> Section:
    section: Section = next(each for each in page.context["page"].sections if str(each.title) == title)
    return section


def rows_of(section: Section) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in section.rows]


def buttons_of(page: Any) -> dict[str, str]:
    """Where each leads, those under "More" too."""
    buttons = page.context["actions_detail"]
    flat = [item for button in buttons for item in button.get("items", [button])]
    return {str(button["title"]): button["path"] for button in flat}
