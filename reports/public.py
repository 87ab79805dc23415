"""Pages for anybody: the start, and what a public service says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import devices
from applications.models import Round
from core import clock
from core.doors import public
from hubs.finding import authorities
from hubs.models import Hub, Phase
from programmes.pathway import Stage

SHOWN_AT_START = 10
SUPPORT = f"help@{settings.MAIL_DOMAIN}"
# When the accessibility statement was written and when it is to be looked at again at the latest.
STATEMENT_WRITTEN, STATEMENT_DUE = date(2026, 11, 25), date(2027, 11, 25)


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
            "grant": max((grant for grant in grants if grant), default=None),
        },
    )


@public("A public service says how well everybody can use it.")
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "reports/accessibility.html", {"written": STATEMENT_WRITTEN, "due": STATEMENT_DUE})


@public("People are told what is kept of them before they give it.")
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps of whom, why and how long; and the way to each hub's own notice."""
    context = {"hubs": Hub.objects.only("slug", "name"), "controller": settings.CONTROLLER, "support": SUPPORT}
    return render(request, "reports/privacy.html", context)


@public("Each hub says what it does with what it is told.")
def hub_privacy(request: HttpRequest, slug: str) -> HttpResponse:
    """The privacy notice of one hub."""
    return render(request, "reports/hub_privacy.html", {"hub": get_object_or_404(Hub, slug=slug)})


@public("Nobody needs an account to learn what to do when something does not come or does not open.")
def help_page(request: HttpRequest) -> HttpResponse:
    """What to do when no code comes or a link has ended, and whom to ask."""
    context = {
        "sender": settings.DEFAULT_FROM_EMAIL,
        "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
        "support": SUPPORT,
    }
    return render(request, "reports/help.html", context)


@dataclass(frozen=True)
class Cookie:
    name: str
    purpose: str
    stays: str


@public("People are told which cookies are set before they are.")
def cookies(request: HttpRequest) -> HttpResponse:
    """Every cookie that the portal sets, what it is for and how long it stays."""
    minutes, hours = settings.SESSION_IDLE_SECONDS // 60, settings.SESSION_COOKIE_AGE // 3600
    set_here = [
        Cookie(
            settings.SESSION_COOKIE_NAME,
            "Keeps you signed in, or holds the personal link that you opened",
            f"{hours} hours at most; {minutes} minutes without a page end it",
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            "Shows that a form you send comes from a page of the portal",
            f"{settings.CSRF_COOKIE_AGE // (7 * 24 * 3600)} weeks",
        ),
        Cookie(
            devices.COOKIE,
            "Lets the portal know this browser again after you have signed in here, so that nobody can lock you out by "
            "asking for codes in your name",
            f"{devices.KEPT_FOR // (24 * 3600)} days after you last signed in",
        ),
    ]
    return render(request, "reports/cookies.html", {"cookies": set_here})


@public("Whoever is stuck finds a person to ask.")
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to ask what; the way to one's own hub, and every hub that has given an address or telephone."""
    context = {
        "hubs": Hub.objects.exclude(email="", telephone="").order_by("name", "pk"),
        "authorities": authorities(),
        "support": SUPPORT,
    }
    return render(request, "reports/contact.html", context)
