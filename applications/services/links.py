"""What this room's personal links open, and how the Continue page speaks of them."""

from __future__ import annotations

from typing import Any

from applications.emails.deciding import OFFER_LINK
from applications.models import ExpressionOfInterest
from applications.services import answering, sending
from core.links import services as links
from core.links.models import Link
from core.signing import kinds as signing_kinds
from core.signing.models import SignatureRequest


def wording_of_signing(link: Link) -> dict[str, Any]:
    """The Continue page of a link that asks for a signature."""
    request = SignatureRequest.objects.get(pk=link.subject_id)
    eoi = ExpressionOfInterest.objects.select_related("school", "edition__programme", "round__hub").get(
        pk=request.subject_id
    )
    return {
        "heading": eoi.school.name,
        "lines": [
            f"For {request.name}: the commitment to {eoi.edition} with {eoi.round.hub.name}.",
            "You can read it in full before you decide anything.",
        ],
        "button": "Continue",
    }


def register() -> None:
    """Called once, by `apps.ready()`."""
    signing_kinds.register(url_name="applications:sign", send_again=sending.send_again, wording=wording_of_signing)
    links.register(
        links.LinkKind(
            OFFER_LINK,
            url_name="applications:answer_offer",
            send_again=answering.offer_link_again,
            wording=answering.wording_of_offer,
        )
    )
