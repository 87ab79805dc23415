"""The pages between a mail and what its link opens."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock, limits
from core.doors import by_link, public
from core.links import services
from core.links.models import Link
from core.links.services import LinkEnded, held

BAD_TOKENS, BAD_TOKENS_IN = 10, timedelta(minutes=10)
AGAIN_EACH, AGAIN_EACH_IN = 3, timedelta(hours=1)
AGAIN_FROM, AGAIN_FROM_IN = 20, timedelta(hours=1)
SEALED_FOR = timedelta(days=1)
SALT = "core.links.again"


@public("a personal link out of a mail: whoever holds the token is its person")
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Count the opening, remember the link in this browser, and go to an address without the token."""
    address = f"bad-token:{limits.address_of(request)}"
    if limits.reached(address, BAD_TOKENS):
        return too_many(request)
    try:
        link = services.opened(token=token, now=clock.now())
    except LinkEnded:
        limits.hit(address, BAD_TOKENS, BAD_TOKENS_IN)
        raise
    services.keep(request=request, link=link)
    answer = HttpResponseRedirect(reverse("links:continue", args=[link.pk]))
    answer["Referrer-Policy"] = "no-referrer"  # this one address carries the token
    return answer


def held_link(request: HttpRequest, link_id: UUID) -> Link:
    """The link that this browser opened, of whatever kind."""
    return held(request, link_id=link_id)


@by_link(on=held_link)
def go_on(request: HttpRequest, link: Link) -> HttpResponse:
    """One button, which no mail filter has a reason to press, between the mail and the page."""
    kind = services.kind_of(link.kind)
    if request.method == "POST" or link.shows_receipt(clock.now()):
        if request.method == "POST":
            services.go_on(link=link, browser=services.browser_of(request), now=clock.now())
        return redirect(kind.url_name, link_id=link.pk)
    return render(request, "links/continue.html", {"link": link, **kind.wording(link)})


@public("asking for a new link: the answer is the same whatever the link was", methods=("POST",))
def send_again(request: HttpRequest) -> HttpResponse:
    """Mail a new link to the address on file, if there is a link and its matter is open; never say which."""
    if not limits.hit(f"send-again:{limits.address_of(request)}", AGAIN_FROM, AGAIN_FROM_IN):
        return too_many(request)
    link_id = unsealed(request.POST.get("which", ""))
    if limits.hit(f"send-again:{link_id}", AGAIN_EACH, AGAIN_EACH_IN):
        link = Link.objects.filter(pk=link_id).first()
        if link is not None:
            with transaction.atomic():
                services.kind_of(link.kind).send_again(link, clock.now())
    return render(request, "links/sent_again.html")


def dead(request: HttpRequest, ended: LinkEnded) -> HttpResponse:
    """The one page for every link that opens nothing."""
    return render(request, "links/dead.html", {"which": sealed(ended.link_id)}, status=410)


def too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "links/too_many.html", status=429)
    answer["Retry-After"] = str(int(BAD_TOKENS_IN.total_seconds()))
    return answer


def sealed(link_id: UUID | None) -> str:
    """Which link the dead page was about; an unknown one gets an id of its own, so that all look alike."""
    return signing.dumps(str(link_id or uuid4()), salt=SALT)


def unsealed(value: str) -> UUID:
    try:
        return UUID(signing.loads(value, salt=SALT, max_age=SEALED_FOR))
    except (signing.BadSignature, ValueError):
        return uuid4()
