"""Every text has its Arabic: none missing, none guessed, none that was translated and not compiled."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

PROJECT = Path(settings.BASE_DIR)
LOCALES = PROJECT / "locale"
FOLDERS = ["billing", "subscriptions", "invoices", "config", "templates"]
SANDBOX = ("invoices/sandbox/", "templates/sandbox/")
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_now": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
# How amounts are called in texts; "last" is a day in some, an amount in others.
_AMOUNTS = "amount|total|sum|discount|difference|other|before|after|owed|paid|open"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|</?\w+[^>]*>")


def read_catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def arabic() -> Catalog:
    return read_catalogue("ar")


def texts_in_the_source() -> Iterator[tuple[str, object]]:
    for folder in FOLDERS:
        for path in sorted((PROJECT / folder).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            if path.suffix not in (".py", ".html") or name.startswith(SANDBOX) or "/migrations/" in name:
                continue
            source = path.read_text()
            if path.suffix == ".html":
                # Python's tokens are looked at, and a template's indentation means nothing.
                source = "\n".join(line.strip() for line in templatize(source).splitlines())
            for _, text, _, _ in extract("python", BytesIO(source.encode()), keywords=FUNCTIONS):
                yield name, text[0] if isinstance(text, tuple) else text


def translations_of(catalogue: Catalog) -> Iterator[tuple[str, list[str]]]:
    for message in catalogue:
        if message.id:
            texts = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield (message.id[0] if isinstance(message.id, tuple | list) else message.id), list(texts)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_text_of_the_source_is_in_the_catalogue(language: str) -> None:
    catalogue = read_catalogue(language)
    known = {text for text, _ in translations_of(catalogue)}

    missing = sorted({f"{name}: {text}" for name, text in texts_in_the_source() if text not in known})

    assert missing == [], "Run manage.py makemessages -l ar -l en, and translate what is new."


def test_enough_was_found_in_the_source() -> None:
    found = {text for _, text in texts_in_the_source()}

    assert {"Awaiting payment", "Pay <bdi>%(money)s</bdi>", "%(days)s day left", "bill"} <= found


def test_nothing_is_missing_or_guessed(arabic: Catalog) -> None:
    missing = [text for text, translations in translations_of(arabic) if not all(translations)]
    fuzzy = [message.id for message in arabic if message.id and message.fuzzy]

    assert missing == []
    assert fuzzy == []
    assert arabic.num_plurals == 6


def test_translations_keep_the_placeholders_and_the_markup(arabic: Catalog) -> None:
    changed = [
        (text, translation)
        for text, translations in translations_of(arabic)
        for translation in translations
        # A plural may say its number in a word.
        if len(translations) == 1 and sorted(PLACEHOLDER.findall(translation)) != sorted(PLACEHOLDER.findall(text))
    ]

    assert changed == []


def test_digits_are_western(arabic: Catalog) -> None:
    for text, translations in translations_of(arabic):
        assert not re.search("[٠-٩۰-۹]", "".join(translations)), text


def test_no_full_stop_stands_behind_an_amount(arabic: Catalog) -> None:
    """Dinars and riyals end with one of their own in Arabic."""
    behind = re.compile(rf"%\((?:{_AMOUNTS})\)s[\u2066-\u2069]*\.")

    assert not [text for _text, strings in translations_of(arabic) for text in strings if behind.search(text)]


def test_the_compiled_catalogue_matches(arabic: Catalog) -> None:
    fresh = BytesIO()
    write_mo(fresh, arabic)
    fresh.seek(0)
    compiled = LOCALES / "ar" / "LC_MESSAGES" / "django.mo"

    with compiled.open("rb") as file:
        loaded = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    expected = gettext.GNUTranslations(fresh)._catalog  # type: ignore[attr-defined]
    for catalogue in (loaded, expected):
        catalogue.pop("", None)  # the header, which each tool words its own way

    assert loaded == expected, "Run manage.py compilemessages."
