"""QR codes as inline SVG."""

from __future__ import annotations

import segno


def svg(url: str, title: str) -> str:
    """The QR code of an address as an `<svg>` whose title becomes its alternative text; the size is left to CSS."""
    code = segno.make(url, error="m", micro=False)
    return str(code.svg_inline(scale=1, border=4, dark="#000", light="#fff", omitsize=True, title=title))
