"""Documents and the jobs that make them, for support to read."""

from core import support
from core.documents.models import DocumentJob, StoredDocument

support.show(StoredDocument, search=("reference", "sha256", "title"))
support.show(DocumentJob, search=("kind", "key"))
