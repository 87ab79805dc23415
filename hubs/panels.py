"""What this room adds to the pages of rooms below it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import clock
from hubs.services import default_hubs
from schools.models import School


def hubs_of_school(request: HttpRequest, school: School) -> dict[str, Any] | None:
    """The hub or hubs of a school, for its page; nothing for a closed school or one outside England."""
    if school.is_closed or not school.in_england:
        return None
    return {"school": school, "hubs": default_hubs(school, clock.today())}
