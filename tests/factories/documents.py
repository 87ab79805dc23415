"""Documents for tests: a sample page, sealed and stored."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

from core.documents import jobs, qr, store
from core.documents.jobs import DocumentKind, Made
from core.documents.models import StoredDocument
from tests.clock import NOW

REFERENCE = "HP-4K7Q-2M"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

MADE: list[StoredDocument] = []  # what the kind of tests was told of, oldest first


def sample_html(*, body: str = "", reference: str = REFERENCE, rows: int = 60) -> str:
    """Everything our documents have: headings, a list, a table over two pages, a link, pictures, page margins."""
    cells = "".join(
        f'<tr><th scope="row">Role {n}</th><td>Siân Ŵyn-O’Neill {n}</td><td>18 March 2027</td></tr>'
        for n in range(rows)
    )
    return f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Commitment {reference}</title>
<meta name="author" content="Hub Portal"><meta name="keywords" content="{reference}">
<meta name="dcterms.created" content="2027-03-18T10:42:00Z">
<meta name="dcterms.modified" content="2027-03-18T10:42:00Z">
<style>@page {{ size: A4; margin: 22mm; @bottom-left {{ content: "{reference}" }}
@bottom-right {{ content: counter(page) " of " counter(pages) }} }}
html {{ font-family: "Source Sans 3"; font-size: 11pt }}
table {{ width: 100%; border-collapse: collapse }} td, th {{ border-bottom: 1px solid #d5d8df }} .code {{ width: 28mm }}
</style></head><body><main><h1>Commitment to the programme</h1>
<p>If our school gets a place, <strong>both advocates</strong> are released. <a href="https://portal.example/verify">Verify
this document</a></p><h2>What is promised</h2><ol><li>Four meetings</li><li>Ten days</li></ol>
<table><caption>Signatures</caption>
<thead><tr><th scope="col">Role</th><th scope="col">Name</th><th scope="col">Time</th></tr></thead>
<tbody>{cells}</tbody></table><div class="code">{qr.svg("https://portal.example/verify", "QR code: verify this")}
</div><p><img src="data:image/png;base64,{PIXEL}" alt="A dot"></p>{body}</main></body></html>"""


def store_document(data: bytes, **changes: Any) -> StoredDocument:
    """Bytes in the store, and their row."""
    fields: dict[str, Any] = {
        "kind": "tests.paper",
        "reference": REFERENCE,
        "subject_id": uuid4(),
        "version": 1,
        "sha256": store.put(data),
        "size": len(data),
        "filename": "commitment.pdf",
        "title": "Commitment",
        "about": "Secondary Development 2027/28",
        "created_at": NOW,
    }
    assert fields["sha256"] == hashlib.sha256(data).hexdigest()
    return StoredDocument.objects.create(**(fields | changes))


def _make(subject_id: UUID, now: Any) -> Made:
    return Made(
        html=sample_html(rows=2, body=f"<p>{subject_id}</p>"),
        reference=REFERENCE,
        title="Commitment",
        filename="commitment.pdf",
        scope=None,
        about="Secondary Development 2027/28",
    )


KIND = DocumentKind("tests.paper", _make, lambda document, now: MADE.append(document))
jobs.register(KIND)
