"""What the screens of the message texts show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from billing.models import Language, Merchant
from invoices.admin.messages.preview import show_message
from invoices.messages.checking import tidied
from invoices.messages.samples import sample_message, sample_values
from invoices.messages.sms import SmsLength, sms_length
from invoices.messages.variables import MEANINGS, RULES, Rules
from invoices.messages.wordings import Wording, Wordings
from invoices.models import MessageTemplate
from invoices.services.message_templates import wordings_of

Use = MessageTemplate.Use


@dataclass(frozen=True, kw_only=True)
class TextCell:
    """One message in one language, in the list."""

    language: str
    glimpse: str
    is_own: bool
    url: str

    @property
    def direction(self) -> str:
        return direction_of(self.language)


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How a text would look. :ivar sms: of the gateway's line only, which is read as a part of an SMS"""

    shown: SafeString
    characters: int
    sms: SmsLength | None


@dataclass(frozen=True, kw_only=True)
class Variable:
    name: str
    meaning: str | Promise
    sample: str

    @property
    def written(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True, kw_only=True)
class TextPage:
    """One message of one merchant in one language. :ivar wording: the text in force"""

    merchant: Merchant
    use: Use
    language: Language
    wording: Wording
    is_own: bool

    @property
    def key(self) -> dict[str, Any]:
        return {"merchant_id": self.merchant.pk, "use": self.use, "language": self.language}

    @property
    def url(self) -> str:
        return text_url(self.merchant, self.use, self.language)

    @property
    def rules(self) -> Rules:
        return RULES[self.use]

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def others(self) -> list[tuple[str, str | Promise, bool]]:
        """The languages: address, name, and whether it is this one."""
        return [(text_url(self.merchant, self.use, one), one.label, one == self.language) for one in Language]

    @property
    def variables(self) -> list[Variable]:
        values = sample_values(self.merchant, language=self.language, today=date(2026, 1, 15))
        return [Variable(name=name, meaning=MEANINGS[name], sample=values[name]) for name in self.rules.names]

    def looks_of(self, wording: Wording, *, today: date) -> Looks:
        values = sample_values(self.merchant, language=self.language, today=today)
        message = sample_message(self.use, tidied(wording), values=values)
        sender = self.merchant.name_in(self.language)
        return Looks(
            shown=show_message(self.use, message, language=self.language, sender=sender),
            characters=len(message.body),
            sms=sms_length(message.body) if self.use == Use.DESCRIPTION else None,
        )


def text_page(merchant: Merchant, use: Use, language: Language) -> TextPage:
    wordings = wordings_of(merchant)
    return TextPage(
        merchant=merchant,
        use=use,
        language=language,
        wording=wordings.of(use, language),
        is_own=(use, language) in wordings.own,
    )


def list_rows(merchant: Merchant, wordings: Wordings, *, today: date) -> Sequence[tuple[str | Promise, list[TextCell]]]:
    """Every message, with a cell for each language."""
    samples = {language: sample_values(merchant, language=language, today=today) for language in Language}
    return [(use.label, [_cell(merchant, wordings, use, one, samples[one]) for one in Language]) for use in Use]


def text_url(merchant: Merchant, use: str, language: str) -> str:
    return reverse("admin:invoices_messagetemplate_text", args=[merchant.pk, use, language])


def direction_of(language: str) -> str:
    return "rtl" if language == Language.ARABIC else "ltr"


def _cell(merchant: Merchant, wordings: Wordings, use: Use, language: Language, values: dict[str, str]) -> TextCell:
    message = sample_message(use, wordings.of(use, language), values=values)
    lines = [line for line in message.body.split("\n") if line]
    return TextCell(
        language=language,
        glimpse=" ".join(lines[1:2] or lines),
        is_own=(use, language) in wordings.own,
        url=text_url(merchant, use, language),
    )
