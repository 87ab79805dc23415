"""What a PDF of ours must have to be what it says it is: PDF/A-2a and PDF/UA-1, by our own list."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Name

SHOW = {"Tj", "TJ", "'", '"'}
PAINT = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "EI"}
PRINTS = 4
FORBIDDEN = {"/JavaScript", "/JS", "/EmbeddedFiles", "/OpenAction", "/AA"}


def faults(data: bytes) -> list[str]:
    """What is missing or forbidden; empty for a good document."""
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
        return list(_faults(pdf))


def _faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if pdf.is_encrypted:
        yield "it is encrypted"
    if "/ID" not in pdf.trailer:
        yield "no /ID"
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        yield "not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield "no tree of tags"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "its title is not displayed"
    intents = root.get("/OutputIntents", [])
    if not len(intents) or "/DestOutputProfile" not in intents[0]:
        yield "no output intent with a profile"
    if str(pdf.pdf_version) != "1.7" or str(root.get("/Version", "/1.7")) != "/1.7":
        yield "its version is not 1.7"
    yield from _metadata(pdf)
    yield from _objects(pdf)
    for page in pdf.pages:
        yield from _page(page)


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    with pdf.open_metadata() as xmp:
        wanted = {
            "{http://www.aiim.org/pdfa/ns/id/}part": "2",
            "{http://www.aiim.org/pdfa/ns/id/}conformance": "A",
            "{http://www.aiim.org/pdfua/ns/id/}part": "1",
        }
        for name, value in wanted.items():
            if xmp.get(name) != value:
                yield f"its metadata has no {name} {value}"
        if not xmp.get("dc:title"):
            yield "its metadata has no title"


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    ids, kinds = set(), set()
    for each in pdf.objects:
        if not isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            continue
        for key in FORBIDDEN & set(each.keys()):
            yield f"it has {key}"
        if each.get("/Subtype") == Name.Type0:
            if "/ToUnicode" not in each:
                yield f"{each.BaseFont} has no ToUnicode"
            described = each.DescendantFonts[0].FontDescriptor
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described.keys()):
                yield f"{each.BaseFont} is not embedded"
        if each.get("/Type") == Name.StructElem:
            kinds.add(str(each.S))
            yield from _tag(each)
            if "/ID" in each:
                if bytes(each.ID) in ids:
                    yield "two tags have one id"
                ids.add(bytes(each.ID))
    if ids and "/IDTree" not in pdf.Root.StructTreeRoot:
        yield "tags have ids, and there is no tree of them"
    if "/H1" not in kinds:
        yield "no first heading"


def _tag(element: Any) -> Iterator[str]:
    attributes = element.get("/A", {})
    if element.S == Name.Figure:
        if not str(element.get("/Alt", "")):
            yield "a figure has no alternative text"
        x1, y1, x2, y2 = (float(v) for v in attributes["/BBox"])
        _, _, width, height = (float(v) for v in element.Pg.MediaBox)
        if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
            yield "a figure's box lies outside its page"
    if element.S == Name.TH and "/Scope" not in attributes:
        yield "a header cell has no scope"
    if element.S == Name.L and "/ListNumbering" not in attributes:
        yield "a list does not say how it is numbered"


def _page(page: pikepdf.Page) -> Iterator[str]:
    if page.obj.get("/Tabs") != Name.S:
        yield "tabs do not follow the tags"
    _, _, width, height = (float(v) for v in page.MediaBox)
    for annotation in page.obj.get("/Annots", []):
        x1, y1, x2, y2 = (float(v) for v in annotation.Rect)
        if not int(annotation.get("/F", 0)) & PRINTS:
            yield "an annotation is not printed"
        if x1 >= width or y1 >= height or x2 <= 0 or y2 <= 0:
            continue  # off the page: the seal's widget
        if "/StructParent" not in annotation:
            yield "an annotation has no tag"
        if annotation.Subtype == Name.Link and not str(annotation.get("/Contents", "")):
            yield "a link has no words"
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            depth += 1
        elif name == "EMC":
            depth -= 1
        elif name in SHOW | PAINT and depth == 0:
            yield f"{name} stands outside every tag"
        del operands
