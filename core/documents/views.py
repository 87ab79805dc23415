"""The public page that says whether a document is ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import limits
from core.documents import uploads, verify
from core.documents.forms import FileForm, ReferenceForm
from core.doors import SAFE, public

TRIES, TRIES_IN = 20, timedelta(hours=1)
TOO_LARGE = "Choose a smaller file: it is over 5 MB, and none of our documents is"


@public("anyone who holds a document may ask whether it is ours; no person is named", methods=(*SAFE, "POST"))
def verify_page(request: HttpRequest) -> HttpResponse:
    """Upload a PDF, or type its reference; the code printed on a document leads here with its reference filled in."""
    if request.method == "POST":
        if "reference" in request.POST:
            return _about_reference(request, ReferenceForm(request.POST))
        return _about_file(request)
    if "reference" in request.GET:
        return _about_reference(request, ReferenceForm(request.GET))
    return _page(request)


def _about_file(request: HttpRequest) -> HttpResponse:
    if not _may_try(request):
        return _too_many(request)
    form = FileForm(request.POST, request.FILES)
    if getattr(request, uploads.TOO_LARGE, False):
        form.full_clean()
        form.errors.clear()
        form.add_error("document", TOO_LARGE)
        return _page(request, file_form=form, wrong=form, status=413)
    if not form.is_valid():
        return _page(request, file_form=form, wrong=form)
    answer = verify.verdict(form.cleaned_data["document"].read())
    return render(request, "documents/verdict.html", {"answer": answer})


def _about_reference(request: HttpRequest, form: ReferenceForm) -> HttpResponse:
    if not _may_try(request):
        return _too_many(request)
    if not form.is_valid():
        return _page(request, reference_form=form, wrong=form)
    reference = form.cleaned_data["reference"]
    found = verify.known(reference)
    return render(request, "documents/reference.html", {"reference": reference, "known": found})


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {"file_form": FileForm(), "reference_form": ReferenceForm(), "wrong": None, **forms}
    return render(request, "documents/verify.html", context, status=status)


def _may_try(request: HttpRequest) -> bool:
    return limits.hit(f"verify:{limits.address_of(request)}", TRIES, TRIES_IN)


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "documents/too_many.html", status=429)
    answer["Retry-After"] = str(int(TRIES_IN.total_seconds()))
    return answer
