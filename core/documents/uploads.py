"""The one limit of every upload, held while the request is read: Django alone takes any size without a word."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LIMIT = 5 << 20  # bytes of one file
TOO_LARGE = "upload_is_too_large"  # what the request is given as an attribute when a file was dropped
PATIENCE = 4 * LIMIT  # up to here the rest is read and thrown away, so that the browser shows our answer


class Bounded(FileUploadHandler):
    """Stands first in FILE_UPLOAD_HANDLERS; `request.upload_is_too_large` says that a file was dropped at the limit."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.read, self.announced = 0, 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.read += len(raw_data)
        if self.read > LIMIT:
            if self.request is not None:
                setattr(self.request, TOO_LARGE, True)
            raise StopUpload(connection_reset=self.announced > PATIENCE)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""
