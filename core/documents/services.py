"""Handing out stored documents."""

from __future__ import annotations

import io

from django.http import FileResponse, HttpRequest

from core.documents import store
from core.documents.models import StoredDocument

CONTENT_SECURITY_POLICY = "sandbox; default-src 'none'"


def serve(request: HttpRequest, document: StoredDocument) -> FileResponse:
    """The document as a download, checked against its hash; whether the person may have it is the caller's to ask."""
    response = FileResponse(
        io.BytesIO(content(document)),
        as_attachment=True,
        filename=document.filename,
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def content(document: StoredDocument) -> bytes:
    """The bytes of a document; raises store.Missing or store.Altered when the store no longer holds them."""
    return store.get(document.sha256)
