"""The page of who is asked to sign: by a personal link, or signed in with the code of the address that was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications import documents, rules
from applications.forms.eoi import RefuseForm, SignForm, role_sentence
from applications.models import ExpressionOfInterest, Nominee
from applications.services import sending, signed
from applications.states import LIVE, SIGNABLE, NotAllowed, State
from applications.views.eoi import visible_eoi
from applications.wording import post_of, role_word, words_of
from core import clock
from core.documents.services import serve
from core.doors import by_link, requires
from core.links import services as links
from core.links.models import Link
from core.links.views import sealed
from core.signing import services as signing
from core.signing.kinds import LINK
from core.signing.models import SignatureRequest
from core.signing.states import State as RequestState
from core.ui.templatetags.hub import joined, moment, money
from programmes.rules import Words, counted


@dataclass
class Asked:
    """A request with the form it is about, and by which road its person came: a link, or signed in."""

    request: SignatureRequest
    eoi: ExpressionOfInterest
    link: Link | None = None

    @property
    def words(self) -> Words:
        return words_of(self.eoi.edition.programme, self.eoi.school)

    def nominees(self) -> list[Nominee]:
        return [n for n in self.eoi.nominees.all() if n.person_uuid == self.request.person_uuid]


def _form(eoi_id: UUID) -> ExpressionOfInterest:
    return (
        ExpressionOfInterest.objects.select_related(
            "round__hub", "edition__programme", "school__type", "terms", "begun_by", "sent_by"
        )
        .prefetch_related("nominees", "answers", "terms__commitments")
        .get(pk=eoi_id)
    )


def held_request(request: HttpRequest, link_id: UUID) -> Asked:
    """The request whose link this browser has opened; raises LinkEnded."""
    link = links.held(request, kind=LINK, link_id=link_id)
    found = signing.request_of(link)
    return Asked(found, _form(found.subject_id), link)


def own_request(user: Any, eoi_id: UUID) -> Asked:
    """The open request of the address that is signed in, of a form the person may see; or 404."""
    eoi = visible_eoi(user, eoi_id)
    found = (
        SignatureRequest.objects.filter(kind=signed.KIND, subject_id=eoi.pk, email__iexact=user.email)
        .exclude(state__in=[RequestState.ENDED, RequestState.HANDED_OVER])
        .order_by("-asked_at")
        .first()
    )
    if found is None:
        raise Http404
    return Asked(found, _form(eoi.pk))


@by_link(on=held_request)
def sign(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Read what is promised and sign it; once signed, the receipt."""
    assert asked.link is not None
    if asked.request.state == RequestState.REFUSED and not asked.link.is_open(clock.now()):
        return _said_no(request, asked)
    if asked.request.state == RequestState.SIGNED or not asked.link.is_open(clock.now()):
        return _receipt(request, asked)
    return _sign(request, asked, reverse("applications:sign", args=[asked.link.pk]))


@by_link(on=held_request)
def refuse(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Say no, with a reason."""
    assert asked.link is not None
    here = reverse("applications:sign", args=[asked.link.pk])
    if not asked.link.is_open(clock.now()):
        return redirect(here)
    return _refuse(request, asked, here)


@by_link(on=held_request, methods=("GET", "HEAD"))
def signed_commitment(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The sealed commitment, for who has signed it."""
    document = documents.latest(asked.eoi)
    if document is None or asked.request.state != RequestState.SIGNED:
        raise Http404
    return serve(request, document)


def _own(user: Any, eoi_id: UUID) -> ExpressionOfInterest:
    """The form, with the request of the person who is signed in beside it; or 404."""
    asked = own_request(user, eoi_id)
    asked.eoi.asked = asked
    return asked.eoi


@requires("applications.see_eoi", on=_own)
def sign_here(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Sign on the spot: who is signed in with the code of the address that was asked."""
    asked: Asked = eoi.asked
    if asked.request.state == RequestState.SIGNED:
        return _receipt(request, asked)
    return _sign(request, asked, reverse("applications:sign_here", args=[eoi.pk]))


@requires("applications.see_eoi", on=_own)
def refuse_here(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """The same person's no."""
    asked: Asked = eoi.asked
    here = reverse("applications:task_list", args=[eoi.pk])
    if asked.request.state != RequestState.ASKED:
        return redirect(here)
    return _refuse(request, asked, here)


def _sign(request: HttpRequest, asked: Asked, here: str) -> HttpResponse:
    eoi, now, words = asked.eoi, clock.now(), asked.words
    own = asked.nominees()
    lead = next((n for n in own if n.position in Nominee.LEADS), None)
    asks_trn = lead is not None and not lead.trn_hash and not lead.trn_reason
    asks_years = lead is not None and not lead.year_groups and not lead.not_timetabled
    closed = _closed(asked, now)
    form = SignForm(
        request.POST if request.method == "POST" and not closed else None,
        statements={role: role_sentence(role, words) for role in asked.request.roles},
        asks_trn=asks_trn,
        asks_years=asks_years,
        school=eoi.school,
        year=eoi.edition.years,
        asked=asked.request.name,
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            sending.sign(
                request_id=asked.request.pk,
                typed_name=data["name"],
                roles=form.roles(),
                statement=form.statement(),
                # The code that signed this person in went to the address that was asked.
                grade="B" if asked.link else "A",
                address=request.META.get("REMOTE_ADDR", ""),
                browser=request.headers.get("User-Agent", ""),
                link_id=asked.link.pk if asked.link else None,
                now=now,
                own=sending.OwnDetails(
                    trn=data.get("trn", ""),
                    trn_reason=data.get("trn_reason", ""),
                    year_groups=data.get("year_groups", []),
                    not_timetabled=data.get("not_timetabled", False),
                ),
            )
        except signing.AlreadySigned:
            return redirect(here)
        except (NotAllowed, signing.NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(here)
    context = {
        **_told(asked, now),
        "form": form,
        "closed": closed,
        "layout": _layout(asked),
        "refuse_url": _refuse_url(asked),
        "asks_own": asks_trn or asks_years,
        "sign_button": f"Sign for {eoi.school.name}",
    }
    return render(request, "applications/sign.html", context, status=422 if form.errors else 200)


def _layout(asked: Asked) -> str:
    """Who is signed in keeps menu and account; who comes by a link has neither."""
    return "layouts/plain.html" if asked.link is not None else "layouts/page.html"


def _refuse_url(asked: Asked) -> str:
    if asked.link is not None:
        return reverse("applications:refuse_to_sign", args=[asked.link.pk])
    return reverse("applications:refuse_here", args=[asked.eoi.pk])


def _closed(asked: Asked, now: datetime) -> str:
    """Why nothing can be signed now; empty when it can."""
    if asked.eoi.state == State.DRAFT:
        return f"{asked.eoi.school.name} is changing this form. You will hear from it if your signature is needed."
    if asked.eoi.state not in SIGNABLE:
        return "This form no longer takes signatures."
    if now >= asked.request.valid_until:
        return "The time for signing has passed. The school can ask its hub for more."
    return ""


def _refuse(request: HttpRequest, asked: Asked, here: str) -> HttpResponse:
    now = clock.now()
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sending.refuse_to_sign(
                request_id=asked.request.pk,
                reason=form.cleaned_data["reason"],
                link_id=asked.link.pk if asked.link else None,
                now=now,
            )
        except (NotAllowed, signing.NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            asked.request.refresh_from_db()
            return _said_no(request, asked)
    context = {**_told(asked, now), "form": form, "back_url": here, "layout": _layout(asked)}
    return render(request, "applications/sign_no.html", context, status=422 if form.errors else 200)


def _said_no(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What was answered and when; while the form can be signed, whose mind has changed asks for a new link."""
    may_change = asked.eoi.state in SIGNABLE and clock.now() < asked.request.valid_until
    context = {
        "asked": asked.request,
        "eoi": asked.eoi,
        "hub": asked.eoi.round.hub,
        "layout": _layout(asked),
        "which": sealed(asked.link.pk) if asked.link and may_change else "",
    }
    return render(request, "applications/sign_refused.html", context)


def _told(asked: Asked, now: datetime) -> dict[str, Any]:
    """What the page tells of the form; no more than who signs needs to know."""
    eoi, words, request = asked.eoi, asked.words, asked.request
    terms, nominees = eoi.terms, list(eoi.nominees.all())
    leads = [n for n in nominees if n.position in Nominee.LEADS and n.name]
    applicant = eoi.sent_by or eoi.begun_by
    theirs = [n for n in nominees if n.email.casefold() == applicant.email.casefold()]
    standings = signed.standing_of(eoi)
    done = [s for s in standings if s.state == RequestState.SIGNED]
    facts: list[dict[str, str]] = []
    if terms is not None:
        if terms.release_days_min:
            between = "between two teachers" if terms.lead_teachers == 2 else "in all"
            facts.append({"label": "Release to give", "value": f"{terms.release_days_min} days in the year, {between}"})
        elif terms.meetings_min:
            facts.append({"label": "Release to give", "value": f"{terms.meetings_min} half-day meetings in the year"})
        if terms.money_per_school is not None:
            facts.append({"label": "Towards it", "value": money(terms.money_per_school)})
    facts.append({"label": "First meeting", "value": _first_meeting(eoi)})
    facts.append({"label": "Signed so far", "value": f"{len(done)} of {len(standings)}"})
    head_of_department = next(
        (n for n in nominees if n.position == Nominee.Position.HEAD_OF_DEPARTMENT and n.name), None
    )
    return {
        "asked": request,
        "eoi": eoi,
        "hub": eoi.round.hub,
        "programme": eoi.edition.programme,
        "roles": joined([f"the {role_word(r, words)}" if r != "lead" else f"a {words.lead}" for r in request.roles]),
        "applicant": applicant.get_full_name(),
        "is_applicant": applicant.email.casefold() == request.email.casefold(),
        "applicant_is": _within(post_of(theirs[0], words)) if theirs else "",
        "leads": [(n.name, _within(n.role)) for n in leads],
        "leads_are": words.lead if len(leads) == 1 else words.leads,
        "head_of_department": (head_of_department.name, words.head_of_department) if head_of_department else None,
        "facts": facts,
        "years": _years(terms),
        "commitments": [c.text for c in terms.commitments.all()] if terms else [],
        "done": [(s.request.name, joined([role_word(r, words) for r in s.request.roles])) for s in done],
        "is_head": "head" in request.roles,
        "full_text": request.text,
        "sign_by": rules.last_minute(request.valid_until),
        "words": words,
    }


def _within(role: str) -> str:
    """A role as it stands inside a sentence; Key Stages and abbreviations keep their capitals."""
    first = role.partition(" ")[0]
    return role if role.startswith("Key Stage") or first != first.capitalize() else role[:1].lower() + role[1:]


def _first_meeting(eoi: ExpressionOfInterest) -> str:
    return moment(eoi.round.first_meeting_at) if eoi.round.first_meeting_at else "To be announced"


def _years(terms: Any) -> str:
    """For how many years: what the school commits itself to, else how many the programme goes on."""
    if terms is None:
        return ""
    if terms.years_committed and terms.years_committed > 1:
        return f"for {counted(terms.years_committed)} years"
    support = terms.years_of_support or len(terms.focus)
    return f"the first of {counted(support)} years and more" if support > 1 else "for one year"


def _receipt(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What was signed, by whom and when; nothing else."""
    signatures = list(asked.request.signatures.order_by("number"))
    if not signatures:
        raise links.LinkEnded(asked.link.pk if asked.link else None)
    words = asked.words
    document = documents.latest(asked.eoi) if asked.eoi.state in LIVE else None
    return render(
        request,
        "applications/sign_receipt.html",
        {
            "asked": asked.request,
            "eoi": asked.eoi,
            "hub": asked.eoi.round.hub,
            "layout": _layout(asked),
            "signature": signatures[0],
            "roles": joined([role_word(s.role, words) for s in signatures]),
            "document": document,
            "document_url": (
                reverse("applications:signed_commitment", args=[asked.link.pk])
                if asked.link
                else reverse("applications:commitment", args=[asked.eoi.pk])
            ),
            "all_signed": signed.all_signed(asked.eoi),
            "full_text": asked.request.text,
            "signed_in": asked.link is None,
        },
    )
