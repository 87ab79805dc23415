"""The pages of the demo: its outbox, its people, and the button that moves its day."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from core import doors
from demo import mail, services
from demo.models import DemoPerson

REASON = "The demo is open: invented people, on this machine only."


@doors.public(REASON)
def outbox(request: HttpRequest) -> HttpResponse:
    page = Paginator(mail.names(), 50).get_page(request.GET.get("page"))
    return render(request, "demo/outbox.html", {"page": page, "mails": mail.heads(list(page.object_list))})


@doors.public(REASON)
def letter(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/letter.html", {"mail": _find(name)})


@doors.public(REASON)
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as it was sent, in a box: no script, no picture, nothing loaded, no forms."""
    response = HttpResponse(_find(name).html)
    response["Content-Security-Policy"] = "sandbox allow-top-navigation; default-src 'none'; style-src 'unsafe-inline'"
    return response


@doors.public(REASON)
def attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = _find(name).attachments
    if not 1 <= number <= len(found):
        raise Http404
    wanted = found[number - 1]
    response = HttpResponse(wanted.content, content_type=wanted.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, wanted.filename) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@doors.public(REASON)
def people(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/people.html", {"people": DemoPerson.objects.all()})


class NextDayForm(forms.Form):
    """The day that the person saw, so that two presses of one button move one day; the page to come back to."""

    seen = forms.DateField(input_formats=["%Y-%m-%d"])
    back = forms.CharField(required=False, max_length=2000)


@doors.public(REASON, methods=("POST",))
def next_day(request: HttpRequest) -> HttpResponse:
    form = NextDayForm(request.POST)
    back = request.POST.get("back", "")
    if form.is_valid():
        services.next_day(seen=form.cleaned_data["seen"])
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "/")


def _find(name: str) -> mail.Mail:
    found = mail.read(name)
    if found is None:
        raise Http404
    return found
