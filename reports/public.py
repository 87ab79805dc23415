"""Pages for anybody: the start, and what a public service says of itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from applications.models import Round
from core import clock
from core.doors import public
from core.ui.pagination import page_of
from hubs.models import Hub, Phase
from programmes.pathway import Stage

SHOWN_AT_START = 10


@public("The start page is for every school in England.")
def start(request: HttpRequest) -> HttpResponse:
    """One question, the years, the rounds that are open, what a school will need."""
    now = clock.now()
    open_now = (
        Round.objects.open_at(now)
        .select_related("hub", "edition__programme")
        .prefetch_related("edition__terms")
        .order_by("closes_at", "hub__name", "pk")
    )
    rounds = list(open_now[: SHOWN_AT_START + 1])
    grants = [
        round_.edition.current_terms.money_per_school
        for round_ in rounds
        if round_.edition.programme.phase == Phase.SECONDARY
        and round_.edition.programme.stage == Stage.DEVELOPMENT
        and round_.edition.current_terms
    ]
    return render(
        request,
        "reports/start.html",
        {
            "rounds": [(round_, round_.public_state(now)) for round_ in rounds[:SHOWN_AT_START]],
            "more": len(rounds) > SHOWN_AT_START,
            "grant": next((grant for grant in grants if grant), None),
        },
    )


@public("A public service says how well everybody can use it.")
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "reports/accessibility.html")


@public("People are told what is kept of them before they give it.")
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps of whom, why and how long; and the way to each hub's own notice."""
    return render(request, "reports/privacy.html", {"hubs": Hub.objects.only("slug", "name")})


@public("Each hub says what it does with what it is told.")
def hub_privacy(request: HttpRequest, slug: str) -> HttpResponse:
    """The privacy notice of one hub."""
    return render(request, "reports/hub_privacy.html", {"hub": get_object_or_404(Hub, slug=slug)})


@public("Whoever is stuck finds a person to ask.")
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to ask what; the hubs that have given an address or telephone."""
    hubs = page_of(request, Hub.objects.exclude(email="", telephone="").order_by("name", "pk"))
    return render(request, "reports/contact.html", {"page": hubs, "support": f"help@{settings.MAIL_DOMAIN}"})
