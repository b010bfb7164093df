"""Bytes as text: in an encoding that is certain, or refused. A wrong guess would write nonsense on people's bills."""

from __future__ import annotations

import codecs
import re
from typing import Final

from django.utils.translation import gettext_noop

from billing.importing.tables import FileRefused

# The longer marks first: UTF-32's begins with UTF-16's.
_UNREAD: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (b"+/v8", "UTF-7"),
    (b"+/v9", "UTF-7"),
)
_MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_ARABIC: Final = re.compile("[\u0621-\u064a]")
# What other encodings look like when they are read as Windows-1256: Latin letters or signs inside of Arabic words.
_NONSENSE: Final = re.compile("[\u0621-\u064a][\u00c0-\u0192]|[\u00c0-\u0192][\u0621-\u064a]")


class EncodingRefused(FileRefused):
    message = gettext_noop("The file's text is in an encoding that is not read. Save it as “CSV UTF-8”. Found:")


def decode(content: bytes) -> tuple[str, str]:
    """
    The text, without its mark, and its encoding's name.

    :raises EncodingRefused: naming it
    """
    for mark, name in _UNREAD:
        if content.startswith(mark):
            raise EncodingRefused(reason=name)
    for mark, codec, name in _MARKED:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], codec, name), name
    if _looks_like_utf_16(content):
        raise EncodingRefused(reason="UTF-16 without a byte order mark")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _windows_1256(content), "Windows-1256"


def _strictly(content: bytes, codec: str, name: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        raise EncodingRefused(reason=f"broken {name}") from None


def _looks_like_utf_16(content: bytes) -> bool:
    """Every second byte of its digits and separators is zero; a text has no zeros but by damage."""
    start = content[:4000]
    return start.count(0) > len(start) // 5


def _windows_1256(content: bytes) -> str:
    text = content.decode("cp1256")
    if not _ARABIC.search(text) or _NONSENSE.search(text):
        raise EncodingRefused(reason="neither UTF-8, UTF-16 nor Windows-1256")
    return text
