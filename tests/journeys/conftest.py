"""What journeys share."""

from tests.core.documents.reader import trusting  # noqa: F401
