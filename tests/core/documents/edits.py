"""What people and programs do to a sealed PDF."""

from __future__ import annotations

import io
import random

import pikepdf
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def edited(data: bytes) -> bytes:
    """One byte of a stream in the first half is another."""
    at = data.index(b"stream\n") + 40
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def revised(data: bytes) -> bytes:
    """A revision appended, as a note put on the page would be: what was sealed stays whole."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.root[pdf_name("/Note")] = pdf_string("Ten days became two.")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def appended(data: bytes) -> bytes:
    """A comment after the end."""
    return data + b"\n%x"


def resaved(data: bytes) -> bytes:
    """Written anew by another program; the seal breaks, our reference stays in the metadata."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(out)
    return out.getvalue()


def page_added(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.add_blank_page()
        opened.save(out)
    return out.getvalue()


def stripped(data: bytes) -> bytes:
    """Neither seal nor metadata left."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        del opened.Root["/AcroForm"]
        del opened.Root["/Perms"]
        del opened.Root["/Metadata"]
        del opened.trailer["/Info"]
        for page in opened.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]
        opened.save(out)
    return out.getvalue()


def one_byte_changed(data: bytes, *, number: int) -> bytes:
    """One bit of one byte is another; the same each time for the same number."""
    draw = random.Random(number)  # noqa: S311
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
