"""Whether a merchant's own text may be sent: refused when it is saved, so that sending never fails for it."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.messages.characters import is_forbidden
from invoices.messages.syntax import Place, names_in, parse
from invoices.messages.variables import LINK, LONGEST_SUBJECT, RULES, Rules
from invoices.messages.wordings import Wording

_LINK_LINE: Final = (Place(LINK),)


class TemplateInvalid(DomainError):
    code = "TEMPLATE_INVALID"


class TemplateEmpty(TemplateInvalid):
    message = gettext_noop("There is no text. Write one, or go back to our text.")


class SubjectMissing(TemplateInvalid):
    message = gettext_noop("An e-mail needs a subject.")


class SubjectNotShown(TemplateInvalid):
    message = gettext_noop("Only an e-mail has a subject. Leave it empty.")


class TemplateTooLong(TemplateInvalid):
    message = gettext_noop("This is too long. The most characters it may have:")


class UnknownVariable(TemplateInvalid):
    message = gettext_noop("A variable is not known here. First the unknown one, then those you can use:")


class LinkMissing(TemplateInvalid):
    message = gettext_noop("Without {link} the customer cannot open the page. Put it on a line of its own.")


class LinkNotAlone(TemplateInvalid):
    message = gettext_noop(
        "Put {link} on a line of its own, and not into the subject: phones take what stands beside it for a part of it."
    )


class ForbiddenCharacter(TemplateInvalid):
    message = gettext_noop("It holds an invisible character that phones show wrongly. Delete it and type anew near:")


class NotOneLine(TemplateInvalid):
    message = gettext_noop("This must be a single line: the gateway puts it into a message of its own.")


def tidied(wording: Wording) -> Wording:
    """As it will be stored: line ends of one kind, and no space around it."""
    body = unicodedata.normalize("NFC", wording.body).replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.rstrip() for line in body.split("\n"))
    return Wording(subject=unicodedata.normalize("NFC", wording.subject).strip(), body="\n".join(lines).strip())


def check_wording(use: str, wording: Wording) -> None:
    """
    Of a tidied text.

    :raises TemplateInvalid: one of its kinds :raises StrayBrace:
    """
    rules = RULES[use]
    _check_subject(wording.subject, rules)
    if not wording.body:
        raise TemplateEmpty
    _check_length(wording.body, rules.longest)
    if rules.is_one_line and "\n" in wording.body:
        raise NotOneLine
    _check_characters(wording.body.replace("\n", " "))
    _check_names(wording.body, rules)
    _check_link(wording, rules)


def _check_subject(subject: str, rules: Rules) -> None:
    if not rules.has_subject and subject:
        raise SubjectNotShown
    if rules.has_subject and not subject:
        raise SubjectMissing
    _check_length(subject, LONGEST_SUBJECT)
    _check_characters(subject)
    _check_names(subject, rules)


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise TemplateTooLong(reason=f"{most}")


def _check_characters(text: str) -> None:
    for place, character in enumerate(text):
        if is_forbidden(character):
            near = "".join(each for each in text[max(0, place - 15) : place + 15] if not is_forbidden(each))
            raise ForbiddenCharacter(reason=f"“{near.strip()}”")


def _check_names(text: str, rules: Rules) -> None:
    unknown = next((name for name in names_in(text) if name not in rules.names), None)
    if unknown is not None:
        raise UnknownVariable(reason=f"{{{unknown}}} — " + ", ".join(f"{{{name}}}" for name in rules.names))


def _check_link(wording: Wording, rules: Rules) -> None:
    if not rules.needs_link:
        return
    holding = [line for line in parse(wording.body) if Place(LINK) in line]
    if not holding:
        raise LinkMissing
    if LINK in names_in(wording.subject) or any(line != _LINK_LINE for line in holding):
        raise LinkNotAlone
