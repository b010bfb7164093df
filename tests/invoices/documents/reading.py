"""Printed documents, read back: their text, their fonts, their pictures."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import pypdfium2
from PIL import Image
from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """As extracted, Arabic letters in place of their presentation forms."""
    return unicodedata.normalize("NFKC", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def texts_of(pdf: bytes) -> list[str]:
    return [unicodedata.normalize("NFKC", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def fonts_of(pdf: bytes) -> set[str]:
    """The families that are embedded."""
    names: set[str] = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        names |= {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()}
    return names


def links_of(pdf: bytes) -> set[str]:
    annotations = [each.get_object() for page in PdfReader(io.BytesIO(pdf)).pages for each in page.get("/Annots", [])]
    return {str(each["/A"]["/URI"]) for each in annotations}


def image_of(pdf: bytes, *, dots_per_point: float = 2) -> Image.Image:
    """The first page, in shades of grey."""
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dots_per_point).to_pil().convert("L")


def left_edge_of(pdf: bytes, text: str) -> float:
    """Where the last occurrence begins on the first page, in points from the left."""
    words = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    search, left = words.search(text), -1.0
    while (found := search.get_next()) is not None:
        left = float(words.get_charbox(found[0])[0])
    return left
