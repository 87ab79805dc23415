"""From HTML to a tagged, archival PDF that fetched nothing."""

from __future__ import annotations

import io
import subprocess
import sys

import pikepdf
import pytest

from core.documents import pdf
from core.documents.pdf import PdfError
from tests.core.documents import checklist
from tests.factories.documents import REFERENCE, sample_html


def test_a_document_has_all_that_our_list_asks_for(plain_pdf):
    assert checklist.faults(plain_pdf) == []


def test_the_list_finds_what_the_finisher_mends():
    from weasyprint import HTML

    html = sample_html(rows=3).replace('"Source Sans 3"', '"DejaVu Sans"')
    bare = HTML(string=html).write_pdf(pdf_variant="pdf/a-2a")

    found = checklist.faults(bare)

    assert {
        "a header cell has no scope",
        "a list does not say how it is numbered",
        "its metadata has no {http://www.aiim.org/pdfua/ns/id/}part 1",
    } <= set(found)


def test_the_same_html_gives_the_same_bytes_in_this_process_and_in_another(plain_pdf):
    script = (
        "import sys, django; django.setup(); from core.documents import pdf\n"
        "sys.stdout.buffer.write(pdf.render(sys.stdin.read()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], input=sample_html().encode(), capture_output=True, check=True
    )

    assert pdf.render(sample_html()) == plain_pdf
    assert other.stdout == plain_pdf


def test_the_style_sheet_holds_nothing_that_the_printer_does_not_know(caplog):
    with caplog.at_level("WARNING", logger="weasyprint"):
        pdf._style.__wrapped__()

    assert caplog.messages == []


def test_the_metadata_names_title_reference_and_time(plain_pdf):
    with pikepdf.open(io.BytesIO(plain_pdf)) as opened:
        info = opened.docinfo
        assert str(info["/Title"]) == f"Commitment {REFERENCE}"
        assert str(info["/Keywords"]) == REFERENCE
        assert "20270318" in str(info["/CreationDate"])


def faces_of(data):
    """The families of the faces in a document, weights apart."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        kinds = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Subtype") == "/Type0"]
        names = [str(o.BaseFont).partition("+")[2] for o in kinds]
    return {name.removesuffix("-Bold").rstrip(",").replace(",Bold", "") for name in names}


def test_only_our_own_face_is_in_it_regular_and_bold(plain_pdf):
    assert faces_of(plain_pdf) == {"Source-Sans-3"}


WAYS_OUT = [
    '<img src="http://127.0.0.1:9/x.png" alt="x">',
    '<img src="file:///etc/hostname" alt="x">',
    '<img src="/etc/hostname" alt="x">',
    '<img src="asset:../../etc/hostname" alt="x">',
    '<img src="asset:document.css" alt="x">',
    '<object data="http://127.0.0.1:9/x.svg"></object>',
    '<embed src="http://127.0.0.1:9/x.svg">',
    '<style>@import url("http://127.0.0.1:9/x.css");</style>',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<style>@font-face { font-family: X; src: url("http://127.0.0.1:9/x.woff2") } p { font-family: X }</style>',
    '<p style="background-image: url(http://127.0.0.1:9/x.png)">x</p>',
    '<svg width="10" height="10"><image href="http://127.0.0.1:9/x.png" width="10" height="10"/></svg>',
    '<img src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=" alt="x">',
    '<link rel="stylesheet" href="data:text/css,p{color:red}">',
    '<ul style="list-style-image: url(ftp://127.0.0.1:9/x.png)"><li>x</li></ul>',
]


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_address_that_is_not_ours_is_refused_and_the_document_fails(way):
    with pytest.raises(PdfError, match="no document may load"):
        pdf.render(sample_html(rows=1, body=way))


@pytest.mark.parametrize(
    "way", ['<base href="http://127.0.0.1:9/"><img src="x.png" alt="x">', '<iframe src="http://127.0.0.1:9/"></iframe>']
)
def test_a_base_or_a_frame_leads_nowhere_either(way, monkeypatch):
    import socket

    def no_socket(*args, **kwargs):
        raise AssertionError("something went out")

    monkeypatch.setattr(socket, "create_connection", no_socket)
    try:
        pdf.render(sample_html(rows=1, body=way))
    except PdfError as refused:
        assert "no document may load" in str(refused)


def test_without_our_fetcher_the_same_ways_lead_out(tmp_path):
    """The control: WeasyPrint's own fetcher reads a local file into the document."""
    from weasyprint import HTML

    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    html = sample_html(rows=1, body=f'<link rel="attachment" href="{secret.as_uri()}">')

    attached = HTML(string=html).write_pdf()

    with pikepdf.open(io.BytesIO(attached)) as opened:
        assert list(opened.attachments) != []


def test_a_document_of_more_than_500_rows_is_refused_at_once():
    with pytest.raises(PdfError, match="spreadsheet"):
        pdf.render(sample_html(rows=501))


PRINTABLE = [
    "Siân Ŵyn-O’Neill",
    "Łukasz Żak",
    "Zoë d’Arcy",
    "Nguyễn Văn Ân",
    "Müller-Đorđević",
    "Анна Иванова",
    "Ελένη Νίκου",
]


@pytest.mark.parametrize("name", [*PRINTABLE, "two\nlines"])
def test_names_that_our_face_can_print_miss_nothing(name):
    assert pdf.unprintable(name) == ""


def test_those_names_are_printed_in_our_own_face_alone():
    data = pdf.render(sample_html(rows=1, body="".join(f"<p>{name} <b>{name}</b></p>" for name in PRINTABLE)))

    assert faces_of(data) == {"Source-Sans-3"}


def test_letters_that_our_face_lacks_are_named_once_each():
    assert pdf.unprintable("王小明, 王 or عمر and Anna") == "王小明عمر"


def test_such_letters_would_come_from_whatever_the_machine_has():
    """The control: what `unprintable` names is what another face, or none, would print."""
    assert faces_of(pdf.render(sample_html(rows=1, body="<p>عمر</p>"))) != {"Source-Sans-3"}


def test_a_name_written_with_combining_marks_is_judged_as_it_is_printed():
    assert pdf.unprintable("Zoe\u0308") == ""
