"""QR codes as drawings that go straight into a page."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString


def draw_qr(text: str) -> SafeString:
    """An SVG of it, without a margin: the page around it has to leave one. It survives a smudge on the paper."""
    code = segno.make_qr(text, error="m")
    return SafeString(code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None))
