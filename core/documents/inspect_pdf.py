"""What a stranger's PDF says of itself: run as a process of its own, with limits, because it reads hostile bytes.

`python -I inspect_pdf.py FINGERPRINT...` reads a file from standard input and writes `{"seal": "ours" or "none",
"reference": "..."}`. It imports nothing of the portal.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import resource
import sys

MEMORY, SECONDS = 512 << 20, 5


def inspect(data: bytes, ours: set[str]) -> dict[str, str]:
    """Whether a seal of ours is in the file, whole or not, and the reference its metadata names."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    found = {"seal": "none", "reference": ""}
    with contextlib.suppress(Exception):
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        with contextlib.suppress(Exception):
            found["reference"] = str(reader.trailer["/Info"]["/Keywords"])[:40]
        for signature in reader.embedded_signatures:
            with contextlib.suppress(Exception):
                if hashlib.sha256(signature.signer_cert.dump()).hexdigest() in ours:
                    found["seal"] = "ours"
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(inspect(sys.stdin.buffer.read(), set(sys.argv[1:]))))
