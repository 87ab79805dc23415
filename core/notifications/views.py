"""Stopping a kind of message from the mail itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from core import clock
from core.doors import SAFE, public
from core.notifications import preferences
from core.notifications.kinds import kind_of


@csrf_exempt  # a mail program posts here by itself (RFC 8058): it has neither session nor token, and can only stop mail
@public("a mail's own stop address: signed, and names nobody", methods=(*SAFE, "POST"))
def stop(request: HttpRequest, sealed: str) -> HttpResponse:
    """Opening shows a button, as mail filters open links; posting stops the kind, or `again=1` allows it anew."""
    message = preferences.message_of(sealed)
    if message is None:
        return render(request, "notifications/stop.html", {"known": False}, status=404)
    kind = kind_of(message.kind)
    if request.method == "POST" and not kind.essential:
        if request.POST.get("again"):
            preferences.allow(message=message)
        else:
            preferences.stop(message=message, now=clock.now())
    context = {"known": True, "essential": kind.essential, "stopped": preferences.stopped(message), "kind": kind}
    return render(request, "notifications/stop.html", context)
