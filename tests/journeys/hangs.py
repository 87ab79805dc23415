"""Imported by a worker of the tests: it says that it has begun on a document, and goes no further."""

import os
import time
from pathlib import Path
from typing import Any

from core.documents import jobs


def _hang(*args: Any, **kwargs: Any) -> None:
    Path(os.environ["PORTAL_TEST_BEGUN"]).touch()
    time.sleep(600)


jobs.pdf.prepare = _hang  # type: ignore[assignment]
