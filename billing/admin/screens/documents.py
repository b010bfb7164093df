"""Pages of documents: read-only, with their key facts first, what belongs to them beside, and their timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from billing.admin.screens.acting import ActingAdmin
from billing.admin.screens.timeline import Line, read_timeline
from billing.models import Event

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One figure of the strip at the top; the loud one is what the page is about."""

    title: Text
    value: SafeString | str
    is_loud: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    title: Text
    is_numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table of rows that belong to the document; `notice` is said above it."""

    title: Text
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[object]] = ()
    empty: Text = ""
    more_url: str = ""
    content: SafeString | str = ""

    @property
    def table(self) -> list[list[tuple[Column, object]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that needs a person, said at the top of the page."""

    text: Text
    colour: str = "warning"


@dataclass(frozen=True, kw_only=True)
class Page:
    """
    What a document's page shows besides its fields.

    :ivar called: what the rows of the timeline are called there; :ivar timeline_note: what it leaves out
    """

    facts: Sequence[Fact] = ()
    sections: Sequence[Section] = ()
    notices: Sequence[Notice] = ()
    subjects: Sequence[tuple[Event.Subject, Sequence[int]]] = field(default_factory=tuple)
    # Which of the events of its subjects are told here.
    only: Q = field(default_factory=Q)
    currency: str = ""
    called: Mapping[tuple[str, int], str] = field(default_factory=dict)
    timeline_note: Text = ""


class PagedAdmin(ActingAdmin):
    """A screen whose rows have a page with facts, sections and a timeline around the fields."""

    change_form_template = "admin/office/page.html"

    def page(self, request: HttpRequest, row: Any) -> Page:
        return Page()

    def asked_about(self, row: Any) -> Sequence[Fact]:
        """What stands above every question about this row: who, and how much."""
        return ()

    def question_about(self, row: Any) -> dict[str, Any]:
        return {"facts": self.asked_about(row)}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["show_save_and_add_another"] = False
        if row is not None and request.method == "POST":
            # A form that was refused has left its values on the row, sound or not.
            row = context["original"] = self.get_object(request, str(row.pk))
        if row is not None:
            context["subtitle"] = getattr(row, "office_title", str(row))
            page = self.page(request, row)
            context |= {"page": page, "timeline": self._timeline(row, page), "is_document": self.is_document}
        return super().render_change_form(request, context, *args, **kwargs)

    is_document: ClassVar[bool] = False

    def _timeline(self, row: Any, page: Page) -> list[Line]:
        merchant_id = self.merchant_id_of(row)
        if merchant_id is None or not page.subjects:
            return []
        return read_timeline(
            merchant_id=merchant_id,
            subjects=page.subjects,
            currency=page.currency,
            called=page.called,
            only=page.only,
        )


class DocumentAdmin(PagedAdmin):
    """A document: nothing of it is typed over here. It changes by its actions."""

    is_document = True

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra_context = {"show_save": False, "show_close": False} | (extra_context or {})
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return response


def first(rows: QuerySet[Any], most: int) -> tuple[list[Any], bool]:
    """The first rows of a table, and whether there are more: a page must not grow with its history."""
    found = list(rows[: most + 1])
    return found[:most], len(found) > most
