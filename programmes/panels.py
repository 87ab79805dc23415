"""What this room adds to the pages of rooms below it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core.doors import may
from core.ui.menu import account
from hubs.models import Hub
from programmes.models import Enrolment
from programmes.states import EnrolmentState


def roll_of_hub(request: HttpRequest, hub: Hub) -> dict[str, Any] | None:
    """How many schools are on the roll of a hub and the way to it, for who may read it. One query for them alone."""
    user = account(request)
    if user is None or not may(user, "programmes.see_roll", hub):
        return None
    return {"hub": hub, "active": Enrolment.objects.filter(hub=hub, state=EnrolmentState.ACTIVE).count()}
