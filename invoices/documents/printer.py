"""
WeasyPrint itself. Import this module only to print: it costs a second and some 50 MB, which most processes never need.

Nothing is fetched from anywhere: a document sees our fonts, our style sheets and the files it was given, by their
names under `own:`. Whatever else its texts may ask for, of the network or of the disk, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

_HERE: Final = Path(__file__).parent
_FONTS: Final = "fonts.css"
_END: Final = "end"  # the anchor at the end of a roll
# Pango's font map is shared, and one document at a time is what a web process can spare.
_printing: Final = Lock()


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # without types
    """Answers from memory alone, and refuses whatever it was not given."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in self._files:
            raise PermissionError("documents are made of our own files only")
        return URLFetcherResponse(url, self._files[url])


def print_pdf(html: str, *, style: str, files: Mapping[str, bytes], fits_content: bool) -> bytes:
    """
    :param style: the name of a style sheet beside this module
    :param files: what the document may show, by its `own:` address
    :param fits_content: one page, as long as what is on it: for rolls of paper
    """
    with _printing:
        fetcher = OwnFilesOnly(files)
        sheets = [_style_sheet(_FONTS), _style_sheet(style)]
        page = HTML(string=html, url_fetcher=fetcher, base_url="own:/")
        document = page.render(stylesheets=sheets, font_config=_fonts(), pdf_tags=True)
        if fits_content:
            _cut(document)
        pdf: bytes = document.write_pdf(pdf_tags=True)
    return pdf


def _cut(document: Document) -> None:
    """Below the anchor at the end, with the margin that stands above."""
    (page,) = document.pages
    page.height = page.anchors[_END][1]


@cache
def _fonts() -> FontConfiguration:
    """Once for each process: unpacking the fonts takes longer than printing a page."""
    return FontConfiguration()


@cache
def _style_sheet(name: str) -> CSS:
    fonts = {f"own:/fonts/{path.name}": path.read_bytes() for path in (_HERE / "fonts").glob("*.woff")}
    text = (_HERE / "styles" / name).read_text()
    return CSS(string=text, font_config=_fonts(), url_fetcher=OwnFilesOnly(fonts), base_url="own:/")
