"""What later rooms know, on the public pages of hubs and schools."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from applications.models import Round
from core import clock
from hubs.models import Hub
from schools.models import School

STILL_SHOWN = timedelta(days=60)  # a round that closed lately tells a school when it was


def rounds_of_hub(request: HttpRequest, hub: Hub) -> dict[str, Any]:
    """The rounds of a hub that are open, announced or closed lately, the first to close on top. One query."""
    now = clock.now()
    rounds = (
        Round.objects.filter(Q(closes_at=None) | Q(closes_at__gt=now - STILL_SHOWN), hub=hub)
        .select_related("edition__programme")
        .order_by("closes_at", "edition__programme__order", "pk")
    )
    stated = [(each, each.public_state(now)) for each in rounds]
    # What a school can still send to comes first; what is over, last.
    stated.sort(key=lambda pair: (pair[1] == Round.PublicState.CLOSED, pair[1] == Round.PublicState.ANNOUNCED))
    return {"hub": hub, "rounds": stated}


def check_of_school(request: HttpRequest, school: School) -> dict[str, Any] | None:
    """The way from a school's page to the answer whether it may apply; not for a closed one, which points onward."""
    return None if school.is_closed else {"school": school}
