"""What a stranger's PDF says of itself: run as a process of its own, with limits, because it reads hostile bytes.

`python -I inspect_pdf.py FINGERPRINT...` reads a file from standard input and writes `{"seal": "ours" or "none",
"reference": "..."}`. It imports nothing of the portal.
"""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import io
import json
import logging
import re
import resource
import sys

MEMORY, SECONDS = 512 << 20, 5
_SIGNATURE = re.compile(rb"<((?:[0-9A-Fa-f]{2}){256,32768})>")
_CERTIFICATE = re.compile(rb"\x30\x82(?=(..))", re.DOTALL)  # a DER sequence with two bytes of length


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
    if found["seal"] == "none" and _carries(data, ours):  # also where the file can no longer be read as a PDF
        found["seal"] = "ours"
    return found


def _carries(data: bytes, ours: set[str]) -> bool:
    """Whether a signature's hex digits, wherever they lie, hold one of our certificates."""
    for digits in _SIGNATURE.finditer(data):
        container = binascii.unhexlify(digits[1])
        for at in _CERTIFICATE.finditer(container):
            end = at.start() + 4 + int.from_bytes(at[1])
            if hashlib.sha256(container[at.start() : end]).hexdigest() in ours:
                return True
    return False


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(inspect(sys.stdin.buffer.read(), set(sys.argv[1:]))))
