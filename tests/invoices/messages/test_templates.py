"""The language of templates: places, braces, and everything that is refused before it is saved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import DomainError
from invoices.messages.characters import is_forbidden
from invoices.messages.checking import (
    ForbiddenCharacter,
    LinkMissing,
    LinkNotAlone,
    NotOneLine,
    SubjectMissing,
    SubjectNotShown,
    TemplateEmpty,
    TemplateTooLong,
    UnknownVariable,
    check_wording,
    tidied,
)
from invoices.messages.rendering import render, render_plain
from invoices.messages.samples import sample_message
from invoices.messages.syntax import StrayBrace, fill
from invoices.messages.variables import MEANINGS, RULES
from invoices.messages.wordings import Wording, our_wording
from invoices.models import MessageTemplate

Use = MessageTemplate.Use


def test_places_are_filled_and_doubled_braces_are_braces() -> None:
    assert fill("{name} owes {{{amount}}}", {"name": "Sara", "amount": "5"}) == "Sara owes {5}"


def test_a_line_whose_place_has_no_value_is_left_out_with_its_gap() -> None:
    text = "Hello\n\nCall {help_phone}.\n\nBye"

    assert fill(text, {"help_phone": ""}) == "Hello\n\nBye"
    assert fill(text, {"help_phone": "06"}) == "Hello\n\nCall 06.\n\nBye"


def test_a_value_that_looks_like_a_place_is_only_text() -> None:
    assert fill("{name}", {"name": "{amount} {x.__class__}", "amount": "5"}) == "{amount} {x.__class__}"


@given(st.text(max_size=80))
def test_no_text_does_more_than_be_filled_or_refused(text: str) -> None:
    try:
        filled = fill(text, dict.fromkeys(RULES[Use.DESCRIPTION].names, "v"))
    except StrayBrace:
        return
    assert len(filled) <= len(text)


@pytest.mark.parametrize(
    ("use", "wording", "refusal", "reason"),
    [
        (Use.REMINDER_WHATSAPP, Wording(body=""), TemplateEmpty, ""),
        (Use.REMINDER_WHATSAPP, Wording(body="Pay {amonut}\n{link}"), UnknownVariable, "{amonut}"),
        (Use.REMINDER_WHATSAPP, Wording(body="{name.__class__}\n{link}"), UnknownVariable, "{name.__class__}"),
        (Use.REMINDER_WHATSAPP, Wording(body="{name!r}\n{link}"), UnknownVariable, "{name!r}"),
        (Use.REMINDER_WHATSAPP, Wording(body="{}\n{link}"), UnknownVariable, "{}"),
        (Use.REMINDER_WHATSAPP, Wording(body="{receipt_no}\n{link}"), UnknownVariable, "{receipt_no}"),
        (Use.RECEIPT_WHATSAPP, Wording(body="{due_date}\n{link}"), UnknownVariable, "{due_date}"),
        (Use.DESCRIPTION, Wording(body="{link}"), UnknownVariable, "{link}"),
        (Use.REMINDER_WHATSAPP, Wording(body="Pay {amount"), StrayBrace, ""),
        (Use.REMINDER_WHATSAPP, Wording(body="Pay}\n{link}"), StrayBrace, ""),
        (Use.INVOICE_WHATSAPP, Wording(body="Pay {amount}"), LinkMissing, ""),
        (Use.INVOICE_WHATSAPP, Wording(body="Pay {amount}\n{{link}}"), LinkMissing, ""),
        (Use.RECEIPT_EMAIL, Wording(subject="Receipt", body="Thanks"), LinkMissing, ""),
        (Use.INVOICE_WHATSAPP, Wording(body="Pay here: {link}."), LinkNotAlone, ""),
        (Use.INVOICE_EMAIL, Wording(subject="{link}", body="{link}"), LinkNotAlone, ""),
        (Use.INVOICE_EMAIL, Wording(body="{link}"), SubjectMissing, ""),
        (Use.INVOICE_EMAIL, Wording(subject="{nmae}", body="{link}"), UnknownVariable, "{nmae}"),
        (Use.INVOICE_EMAIL, Wording(subject="x" * 151, body="{link}"), TemplateTooLong, "150"),
        (Use.INVOICE_EMAIL, Wording(subject="Bill\nBcc: a@example.com", body="{link}"), ForbiddenCharacter, "Bill"),
        (Use.INVOICE_WHATSAPP, Wording(subject="Hello", body="{link}"), SubjectNotShown, ""),
        (Use.INVOICE_WHATSAPP, Wording(body="x" * 1001), TemplateTooLong, "1000"),
        (Use.DESCRIPTION, Wording(body="x" * 201), TemplateTooLong, "200"),
        (Use.DESCRIPTION, Wording(body="{purpose}\n{amount}"), NotOneLine, ""),
        (Use.DESCRIPTION, Wording(body="{purpose} \u202eevil"), ForbiddenCharacter, "evil"),
        (Use.DESCRIPTION, Wording(body="{purpose}\u2066x"), ForbiddenCharacter, "{purpose}"),
        (Use.DESCRIPTION, Wording(body="{purpose}\x00"), ForbiddenCharacter, "{purpose}"),
        (Use.DESCRIPTION, Wording(body="{purpose}\ud800"), ForbiddenCharacter, "{purpose}"),
        (Use.DESCRIPTION, Wording(body="a\u2028b"), ForbiddenCharacter, "a"),
    ],
)
def test_a_text_that_may_not_be_sent_is_refused(
    use: Use, wording: Wording, refusal: type[DomainError], reason: str
) -> None:
    with pytest.raises(refusal) as refused:
        check_wording(use, tidied(wording))

    assert reason in str(refused.value.details.get("reason", ""))


def test_an_unknown_variable_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownVariable) as refused:
        check_wording(Use.DESCRIPTION, Wording(body="{nmae}"))

    assert refused.value.details["reason"] == ("{nmae} — {name}, {merchant}, {amount}, {purpose}, {due_date}, {number}")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("use", Use)
def test_our_own_texts_keep_every_rule_and_every_variable_is_explained(use: Use, language: str) -> None:
    ours = our_wording(use, language)

    check_wording(use, tidied(ours))
    assert set(RULES[use].names) <= MEANINGS.keys()
    assert "{" not in sample_message(use, ours, values=dict.fromkeys(MEANINGS, "v")).body


def test_a_text_is_stored_tidied() -> None:
    assert tidied(Wording(subject=" Hi ", body="\r\n a  \r\n{link}\r\n\r\n")) == Wording(subject="Hi", body="a\n{link}")


def test_every_value_but_the_link_is_isolated_and_the_link_is_bare() -> None:
    amount = "\u2067\u200f150.500\u00a0د.أ.\u200f\u2069"

    message = render(
        Wording(subject="{merchant}: {name}", body="{name}: {amount}\n{link}"),
        {"merchant": "Razzbery", "name": "سارة", "amount": amount, "link": "https://pay.example/a"},
    )

    assert message.body == f"\u2068سارة\u2069: {amount}\nhttps://pay.example/a"
    assert message.subject == "Razzbery: \u2068سارة\u2069"


def test_the_gateways_line_has_neither_isolates_nor_marks_nor_hard_spaces() -> None:
    values = {"name": "سارة", "amount": "\u2067\u200f150.500\u00a0د.أ.\u200f\u2069", "purpose": "Water\r\nBill"}

    line = render_plain("{name} · {amount} · {purpose}", values)

    assert line == "سارة · 150.500 د.أ. · Water Bill"
    assert not any(is_forbidden(each) for each in line)
