"""A sealed sample, made once a run: sealing and rendering cost more than all that is asked of them."""

from __future__ import annotations

import pytest

from core.documents import pdf, seal
from tests.core.documents.reader import trusting  # noqa: F401
from tests.factories.documents import MADE, REFERENCE, sample_html


@pytest.fixture(scope="session")
def plain_pdf():
    return pdf.render(sample_html())


@pytest.fixture(scope="session")
def sealed(plain_pdf):
    return seal.seal(plain_pdf, REFERENCE)


@pytest.fixture(autouse=True)
def _nothing_made_yet():
    MADE.clear()
