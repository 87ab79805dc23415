"""The one use of WeasyPrint: HTML in, a tagged and archival PDF out, and nothing fetched from anywhere."""

from __future__ import annotations

import atexit
import base64
import functools
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings

MAX_ROWS = 500  # each row of a table costs 10 ms; longer lists are spreadsheets
MAX_PICTURE = 2_000_000  # characters of a data: address

# Cut faces, not the variable one of the pages: WeasyPrint would cut that itself and stamp the time into it, so that the
# same HTML gave other bytes each second.
FONTS = Path(settings.BASE_DIR) / "static" / "print" / "fonts"
SCRIPTS, WEIGHTS = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic"), (400, 700)
# The address of each face and its weight: these and no others are handed out.
FACES = {
    f"asset:{script}-{weight}.woff2": (FONTS / f"source-sans-3-{script}-{weight}-normal.woff2", weight)
    for script in SCRIPTS
    for weight in WEIGHTS
}
STYLE = Path(settings.BASE_DIR) / "static" / "print" / "document.css"

_PICTURE = re.compile(r"data:(image/(?:png|jpeg));base64,([A-Za-z0-9+/=]+)\Z")

# A file cannot be asked for as PDF/A and PDF/UA at once, so the second claim is added; PDF/A wants each schema beyond
# its own list declared.
_UA_XMP = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class PdfError(Exception):
    """The document cannot be made as it is; the text says why, without the document's words."""


def render(html: str) -> bytes:
    """The PDF of an HTML document; the same HTML gives the same bytes. Raises PdfError.

    WeasyPrint is imported here, not above: without its system libraries the import fails, and a check has named them.
    """
    from weasyprint import HTML

    if html.count("<tr") > MAX_ROWS:
        raise PdfError(f"More than {MAX_ROWS} rows: this is a spreadsheet, not a document.")
    fetcher = _fetcher_class()()
    style, fonts = _style()
    pdf: bytes = HTML(string=html, url_fetcher=fetcher, base_url="asset:").write_pdf(
        stylesheets=[style],
        font_config=fonts,
        pdf_variant="pdf/a-2a",
        pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
        finisher=_archival,
    )
    if fetcher.refused:
        raise PdfError(f"Addresses that no document may load: {fetcher.refused}")
    return pdf


def prepare() -> None:
    """Load WeasyPrint, style sheet and faces, which takes a second or more, before a document's time begins to run."""
    _style()


def unprintable(text: str) -> str:
    """The characters of a text that the portal's own face has no letters for, each once; empty when all print.

    A name with such letters needs a second, romanised spelling before it is put into a document.
    """
    known = _letters()
    missing = [c for c in unicodedata.normalize("NFC", text) if ord(c) not in known and not c.isspace()]
    return "".join(dict.fromkeys(missing))


@functools.cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for path, _ in FACES.values():
        with TTFont(path) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


@functools.cache
def _fetcher_class() -> type:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyAssets(URLFetcher):
        """Hands out our own face and pictures that lie in the HTML itself; everything else is refused and noted."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=())
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in FACES:
                return URLFetcherResponse(url, FACES[url][0].read_bytes(), {"Content-Type": "font/woff2"})
            if len(url) < MAX_PICTURE and (found := _PICTURE.match(url)):
                picture = base64.b64decode(found[2], validate=True)
                return URLFetcherResponse("data:", picture, {"Content-Type": found[1]})
            self.refused.append(url[:80])
            raise ValueError("refused")

    return OnlyAssets


@functools.cache
def _style() -> tuple[Any, Any]:
    """The style sheet and faces, once a process: a configuration keeps every face it ever saw."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{url}") format("woff2"); font-weight: {weight} }}\n'
        for family in ("Source Sans 3", "Portal")
        for url, (_, weight) in FACES.items()
    )
    css = faces + STYLE.read_text(encoding="utf-8")
    atexit.register(_style.cache_clear)  # the configuration's own end needs modules that are gone later
    return CSS(string=css, font_config=fonts, url_fetcher=_fetcher_class()(), base_url="asset:"), fonts


def _archival(document: Any, pdf: Any) -> None:
    """Claim PDF/UA-1 beside PDF/A-2a, and mend four faults of the tags: figure boxes, header cells, lists, ids."""
    import pydyf

    def target(reference: bytes) -> Any:
        return pdf.objects[int(reference.split()[0])]

    metadata = target(pdf.catalog["Metadata"])
    if metadata.stream[0].count(b"</rdf:RDF>") != 1:
        raise PdfError("The metadata has another shape than it had.")
    metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", _UA_XMP + b"</rdf:RDF>")
    parts: list[Any] = [each for each in pdf.objects if isinstance(each, dict)]
    heights = {page.reference: page["MediaBox"][3] for page in parts if page.get("Type") == "/Page"}
    ids = []
    for element in [part for part in parts if part.get("Type") == "/StructElem"]:
        if element["S"] == "/TH":
            in_head = target(target(element["P"])["P"])["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if in_head else "/Row"
        elif element["S"] == "/L":
            element.setdefault("A", pydyf.Dictionary({"O": "/List", "ListNumbering": "/Decimal"}))
        elif element["S"] == "/Figure":
            x1, y1, x2, y2 = element["A"]["BBox"]
            height = heights[element["Pg"]]
            element["A"]["BBox"] = pydyf.Array([x1 * 0.75, height - y2 * 0.75, x2 * 0.75, height - y1 * 0.75])
        if "ID" in element:
            ids.append((element["ID"].data, element["ID"], element.reference))
    if ids:
        ids.sort(key=lambda each: each[0])
        names = pydyf.Array([value for _, name, reference in ids for value in (name, reference)])
        leaf = pydyf.Dictionary({"Names": names, "Limits": pydyf.Array([ids[0][1], ids[-1][1]])})
        pdf.add_object(leaf)
        tree = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})
        target(pdf.catalog["StructTreeRoot"])["IDTree"] = tree
