"""A school's pages: begin a form, fill it in page by page, check and send it, and see where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from applications import documents, facts, parts, rules
from applications.forms import eoi as forms
from applications.models import Editor, ExpressionOfInterest, Nominee
from applications.parts import Part
from applications.services import drafts, sending, signed
from applications.states import LIVE, SIGNABLE, NotAllowed, State
from applications.views import road
from applications.wording import ROLE_OF, STATE_COLOURS, position_title, post_of, role_word, words_of
from core import clock
from core.documents.services import serve
from core.doors import may, requires
from core.signing import services as signing
from core.signing.models import SignatureRequest
from core.signing.states import State as RequestState
from core.ui.templatetags.hub import joined, moment, time12
from programmes.models import Edition, Enrolment, Programme, Question
from programmes.rules import meter, sentence
from schools.models import School, SchoolMembership


# --- Finders ------------------------------------------------------------------------------------------------------
def visible_eoi(user: Any, eoi_id: UUID) -> ExpressionOfInterest:
    """A form that the person may see, with what its pages read of its columns, or 404."""
    found = (
        ExpressionOfInterest.objects.visible_to(user)
        .marked_for(user)
        .select_related("round__hub", "edition__programme", "school__type", "school__la")
        .filter(pk=eoi_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _questions_now(eoi: ExpressionOfInterest) -> list[Question]:
    """The questions of the terms that a draft would be sent on, each with these terms; one query."""
    rows = Question.objects.filter(terms__edition=eoi.edition_id, terms__published_at__isnull=False)
    found = list(rows.select_related("terms").order_by("-terms__number", "order"))
    return [q for q in found if q.terms_id == found[0].terms_id]


def _times(eoi: ExpressionOfInterest, now: datetime) -> tuple[datetime | None, datetime | None]:
    """By when a form is to be sent, and until when it may be signed."""
    bid = facts.bid_of(eoi, now=now)
    return rules.asked_by(bid, now), bid.signing_ends_at or eoi.signing_ends()


# --- Begin --------------------------------------------------------------------------------------------------------
@requires("applications.begin_eoi")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a form for a school and an edition, or go on with the one that is begun."""
    school, edition, chosen = _asked_for(request)
    now, today = clock.now(), clock.today()
    if own := drafts.own_draft(school=school, edition=edition, by=request.user):
        return redirect("applications:task_list", own.pk)
    choices = drafts.hub_choices(school=school, edition=edition, now=now, today=today)
    default = drafts.portals_choice(choices, now)
    at = next((c for c in choices if c.round.pk == chosen), None) or default
    judgements = rules.judge(facts.bid_of_school(school, edition, at.round if at else None, now=now), now=now)
    form = forms.BeginForm(request.POST or None, known_name=request.user.name)
    if request.method == "POST" and form.is_valid():
        try:
            eoi = drafts.begin(
                school=school,
                edition=edition,
                once=form.cleaned_data["once"],
                by=request.user,
                now=now,
                today=today,
                round_id=chosen,
                name=form.cleaned_data.get("name", ""),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("applications:task_list", eoi.pk)
    others = drafts.other_drafts(school=school, edition=edition, by=request.user)
    return render(
        request,
        "applications/eoi_begin.html",
        {
            "school": school,
            "edition": edition,
            "check_url": _check_url(school, edition, chosen),
            "words": words_of(edition.programme, school),
            "form": form,
            "round": at.round if at else None,
            "is_open": bool(at and at.round.is_open(now)),
            "closes": rules.last_minute(at.round.closes_at) if at and at.round.closes_at else None,
            "own_hubs": [c for c in choices if c.default and c.round.is_open(now)],
            "elsewhere": []
            if at
            else [
                (c, rules.last_minute(c.round.closes_at)) for c in choices if c.round.closes_at and c.round.is_open(now)
            ],
            "others": others,
            "fails": judgements.fails,
            "asks": judgements.asks,
        },
        status=422 if form.errors else 200,
    )


def _check_url(school: School, edition: Edition, chosen: UUID | None) -> str:
    query = {"edition": edition.pk} | ({"round": chosen} if chosen else {})
    return f"{reverse('applications:check', args=[school.pk])}?{urlencode(query)}"


def _asked_for(request: HttpRequest) -> tuple[School, Edition, UUID | None]:
    """The school, edition and round that the address names, or 404."""
    try:
        edition = get_object_or_404(
            Edition.objects.with_terms().filter(programme__kind=Programme.Kind.SCHOOL),
            pk=request.GET.get("edition", ""),
        )
        chosen = UUID(request.GET["round"]) if request.GET.get("round") else None
    except (ValidationError, ValueError):
        raise Http404 from None
    school = get_object_or_404(
        School.objects.select_related("type", "la", "last_import"), pk=request.GET.get("urn", "")[:6]
    )
    return school, edition, chosen


@requires("applications.see_own_forms", methods=("GET", "HEAD"))
def own_forms(request: HttpRequest) -> HttpResponse:
    """Every form that the person works on."""
    mine = (
        ExpressionOfInterest.objects.visible_to(request.user)
        .filter(pk__in=Editor.objects.filter(user=request.user).values("eoi"))
        .select_related("school", "edition__programme", "round__hub")
        .order_by("-saved_at")[:100]
    )
    return render(request, "applications/eoi_list.html", {"forms": [(eoi, State(eoi.state).label) for eoi in mine]})


# --- The form -----------------------------------------------------------------------------------------------------
@requires("applications.see_eoi", on=visible_eoi, methods=("GET", "HEAD"))
def task_list(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """A draft's parts and what they lack; once sent, where the form stands."""
    if eoi.state != State.DRAFT:
        return _standing(request, eoi)
    now = clock.now()
    closes, ends = _times(eoi, now)
    questions = _questions_now(eoi)
    terms = questions[0].terms if questions else eoi.edition.current_terms
    words = words_of(eoi.edition.programme, eoi.school)
    pages = parts.parts_of(eoi, terms, questions)
    found = meter(
        facts.leads_of(eoi),
        wanted=terms.lead_teachers if terms else 2,
        wanted_senior=terms.senior_lead_teachers if terms else 0,
        words=words,
    )
    ready = all(not part.missing for part in pages)
    editors = [e.user for e in eoi.editors.select_related("user").order_by("since")]
    returned = eoi.returns.order_by("-returned_at").first() if eoi.sent_at else None
    asked_by = returned.correct_by if returned and now < returned.correct_by else closes
    return render(
        request,
        "applications/eoi_task_list.html",
        {
            "eoi": eoi,
            "tasks": [
                {
                    "title": part.title,
                    "url": reverse("applications:page", args=[eoi.pk, part.slug]),
                    "hint": part.hint,
                    "status": part.status,
                    "colour": part.colour,
                }
                for part in pages
            ],
            "then": [
                {
                    "title": "Check your answers and send for signature",
                    "url": reverse("applications:check_answers", args=[eoi.pk]) if ready else "",
                    "hint": "Each person who signs gets one e-mail",
                    "status": "Ready" if ready else "Cannot start yet",
                    "colour": "green" if ready else "",
                }
            ],
            "today": clock.london_date(now),
            "done": sum(part.is_done for part in pages),
            "meter": found,
            "closes": closes,
            "last_minute": rules.last_minute(asked_by) if asked_by else None,
            "is_late": closes is not None and now >= closes,
            "signing_day": rules.last_minute(ends) if ends and asked_by and ends > asked_by else None,
            "signing_too": ends is not None and ends == asked_by,
            "saved_at": time12(eoi.saved_at),
            "saved_today": clock.london_date(eoi.saved_at) == clock.london_date(now),
            "others": joined([u.get_full_name() for u in editors if u.pk != request.user.pk]),
            "returned": returned,
            "correct_by": rules.last_minute(returned.correct_by) if returned else None,
            "no": [s.request for s in signed.standing_of(eoi) if s.state == RequestState.REFUSED]
            if eoi.sent_at
            else [],
            "renewals": signed.renewals_of(eoi, now=now) if eoi.sent_at else None,
        },
    )


@requires("applications.edit_eoi", on=visible_eoi)
def page(request: HttpRequest, eoi: ExpressionOfInterest, part: str) -> HttpResponse:
    """One page of the form: what it holds now, or a save of it."""
    if eoi.state != State.DRAFT:
        messages.warning(request, "This form has been sent. To change it, open it again below.")
        return redirect("applications:task_list", eoi.pk)
    kind = {parts.SCHOOL: _SchoolPage, parts.PEOPLE: _PeoplePage}.get(part) or (
        _LeadPage if part in parts.LEADS else _QuestionPage
    )
    return kind(request, eoi, part).answer()


class _Page:
    """What all pages share: the version that was seen, two buttons, and what is done when a colleague was quicker."""

    template = "applications/eoi_page.html"

    def __init__(self, request: HttpRequest, eoi: ExpressionOfInterest, slug: str) -> None:
        self.request, self.eoi, self.slug = request, eoi, slug
        self.now, self.today = clock.now(), clock.today()
        self.words = words_of(eoi.edition.programme, eoi.school)
        self.posted = request.method == "POST"
        self.later = "later" in request.POST
        self.prepare()

    # What each page says of itself
    title = ""

    def prepare(self) -> None:
        """Load what the page needs; Http404 where the form has no such page."""

    def forms(self, data: Any) -> list[Any]:
        raise NotImplementedError

    def changes(self, filled: list[Any]) -> dict[str, Any]:
        """Arguments of `save_page`."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {}

    # What they do
    def answer(self) -> HttpResponse:
        filled = self.forms(self.request.POST if self.posted else None)
        conflict = None
        if self.posted and all([form.is_valid() for form in filled]):
            try:
                drafts.save_page(
                    eoi_id=self.eoi.pk,
                    page=self.slug,
                    seen=self._seen(),
                    by=self.request.user,
                    now=self.now,
                    **self.changes(filled),
                )
            except drafts.Stale as stale:
                conflict = self._conflict(stale, filled)
            except NotAllowed as refusal:
                messages.warning(self.request, str(refusal))
                return redirect("applications:task_list", self.eoi.pk)
            else:
                return self._next()
        context = {
            "eoi": self.eoi,
            "title": self.title,
            "words": self.words,
            "forms": filled,
            "form": filled[0],
            "version": self.eoi.version,
            "conflict": conflict,
            **self.context(),
        }
        wrong = any(form.errors for form in filled) or conflict
        return render(self.request, self.template, context, status=422 if wrong else 200)

    def _seen(self) -> int:
        """The version the page was opened at; a page without one has seen nothing."""
        typed = self.request.POST.get("version", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def _conflict(self, stale: drafts.Stale, filled: list[Any]) -> dict[str, Any]:
        """Both versions, field by field where they differ; the next save is made with open eyes."""
        self.eoi = visible_eoi(self.request.user, self.eoi.pk)
        self.prepare()
        theirs = self.forms(None)
        rows = []
        for mine, saved in zip(filled, theirs, strict=True):
            for name, field in saved.fields.items():
                if name not in mine.fields or name == "trn":
                    continue
                kept, typed = saved.initial.get(name, ""), mine.cleaned_data.get(name, "")
                if _shown(field, kept) != _shown(field, typed):
                    rows.append({"label": field.label, "theirs": _shown(field, kept), "yours": _shown(field, typed)})
        editors = {str(e.user_id): e.user for e in self.eoi.editors.select_related("user")}
        by = editors.get(stale.by or "")
        same = by is not None and by.pk == self.request.user.pk
        who = "You, in another window," if same else by.get_full_name() if by else "A colleague"
        return {
            "rows": rows,
            "who": who,
            "at": stale.at,
            "theirs": "Saved since" if by is None or same else f"Saved by {who}",
            "url": self.request.path,
        }

    def _next(self) -> HttpResponse:
        eoi = visible_eoi(self.request.user, self.eoi.pk)
        questions = _questions_now(eoi)
        pages = parts.parts_of(eoi, questions[0].terms if questions else None, questions)
        for warning in parts.warnings_of(eoi, known_domains(eoi.school_id)).get(self.slug, []):
            here = reverse("applications:page", args=[eoi.pk, self.slug])
            back = '{} <a class="govuk-link" href="{}">Back to “{}”</a>'
            messages.warning(self.request, format_html(back, warning, here, self.title))
        if self.later:
            return redirect("applications:task_list", eoi.pk)
        slugs = [part.slug for part in pages]
        after = slugs[slugs.index(self.slug) + 1 :] if self.slug in slugs else []
        unfinished = [part.slug for part in pages if part.slug in after and not part.is_done]
        if unfinished:
            return redirect("applications:page", eoi.pk, unfinished[0])
        return redirect("applications:task_list", eoi.pk)


def _shown(field: Any, value: Any) -> str:
    """A value as the page shows it to people."""
    choices = {str(key): str(label) for key, label in getattr(field, "choices", [])}
    if isinstance(value, list | tuple):
        return ", ".join(choices.get(str(v), str(v)) for v in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return choices.get(str(value), "" if value is None else str(value))


class _SchoolPage(_Page):
    title = "School and hub"
    template = "applications/eoi_school.html"

    def prepare(self) -> None:
        eoi = self.eoi
        self.choices = drafts.hub_choices(school=eoi.school, edition=eoi.edition, now=self.now, today=self.today)

    def forms(self, data: Any) -> list[Any]:
        eoi = self.eoi
        chosen = next((c for c in self.choices if c.round.pk == eoi.round_id), None)
        default = chosen is not None and chosen.default
        hub = ""
        if eoi.hub_unsure:
            hub = forms.UNSURE
        elif eoi.hub_confirmed:
            hub = str(eoi.round_id) if default else forms.OTHER
        initial = {
            "register": ("differs" if eoi.our_address else "right") if eoi.school_confirmed else "",
            "our_address": eoi.our_address,
            "telephone": eoi.telephone,
            "site": eoi.site,
            "hub": hub,
            "other_hub": "" if default else str(eoi.round_id),
            "hub_reason": eoi.hub_reason,
        }
        return [
            forms.SchoolForm(
                data,
                initial=initial,
                lenient=self.later,
                school=eoi.school,
                choices=self.choices,
                current=eoi.round,
                now=self.now,
                is_primary=eoi.edition.programme.is_primary,
            )
        ]

    def changes(self, filled: list[Any]) -> dict[str, Any]:
        data = filled[0].cleaned_data
        fields: dict[str, Any] = {
            "school_confirmed": bool(data["register"]),
            "our_address": data["our_address"] if data["register"] == "differs" else "",
            "site": data["site"],
        }
        if "telephone" in data:
            fields["telephone"] = data["telephone"]
        round_id = self._round(data)
        if round_id is not None:
            other = drafts.needs_reason(self.choices, round_id)
            fields |= {
                "hub_confirmed": True,
                "hub_unsure": data["hub"] == forms.UNSURE,
                "hub_reason": data.get("hub_reason", "") if other else "",
            }
        return {"fields": fields, "round_id": round_id}

    def _round(self, data: dict[str, Any]) -> UUID | None:
        if not data["hub"]:
            return None
        if data["hub"] == forms.UNSURE:
            best = drafts.portals_choice(self.choices, self.now)
            return best.round.pk if best else self.eoi.round_id
        return UUID(data["other_hub"] if data["hub"] == forms.OTHER else data["hub"])

    def context(self) -> dict[str, Any]:
        school = self.eoi.school
        address = [school.street, school.locality, school.address3, school.town, school.county, school.postcode]
        rows = [
            {"key": "School", "value": school.name},
            {"key": "URN", "value": school.urn},
            {"key": "Address", "value": "\n".join(filter(None, address))},
            {"key": "Type", "value": school.type.name},
            {"key": "Local authority", "value": school.la.name},
        ]
        if school.telephone:
            rows.append({"key": "Telephone", "value": school.telephone})
        return {"rows": rows, "hub": self.eoi.round.hub}


class _PeoplePage(_Page):
    template = "applications/eoi_people.html"

    def prepare(self) -> None:
        terms = _terms_now(self.eoi)
        must_sign = terms.must_sign if terms else ["head", "head_of_department"]
        self.positions = [p for p, role in parts.BACKERS if role in must_sign]
        if not self.positions:
            raise Http404
        self.named = {n.position: n for n in self.eoi.nominees.all()}
        titles = [position_title(p, self.words) for p in self.positions]
        self.title = " and ".join([titles[0], *[t[0].lower() + t[1:] for t in titles[1:]]])

    def forms(self, data: Any) -> list[Any]:
        found = []
        for position in self.positions:
            n = self.named.get(position)
            initial = {"post": n.post, "name": n.name, "email": n.email} if n else {}
            form = forms.BackerForm(
                data,
                prefix=position.replace("_", "-"),
                initial=initial,
                lenient=self.later,
                position=position,
                words=self.words,
                nominee=n,
            )
            form.title = position_title(position, self.words)
            found.append(form)
        return found

    def changes(self, filled: list[Any]) -> dict[str, Any]:
        return {"nominees": {form.position: form.values() for form in filled}}


class _LeadPage(_Page):
    template = "applications/eoi_lead.html"

    def prepare(self) -> None:
        self.terms = _terms_now(self.eoi)
        self.position = parts.LEADS[self.slug]
        wanted = self.terms.lead_teachers if self.terms else 2
        if list(parts.LEADS).index(self.slug) >= wanted:
            raise Http404
        self.named = {n.position: n for n in self.eoi.nominees.all()}
        self.title = position_title(self.position, self.words, wanted=wanted)

    def forms(self, data: Any) -> list[Any]:
        eoi, n = self.eoi, self.named.get(self.position)
        backer = self.named.get(Nominee.Position.HEAD_OF_DEPARTMENT)
        initial: dict[str, Any] = {}
        if n is not None:
            is_backer = bool(backer and backer.name and backer.person_uuid == n.person_uuid)
            initial = {
                "is_backer": is_backer,
                "name": n.name,
                "email": n.email,
                "role_code": n.role_code,
                "role": n.role if n.role_code == "other" else "",
                "senior": {True: "yes", False: "no", None: ""}[n.senior],
                "year_groups": n.year_groups,
                "not_timetabled": n.not_timetabled,
                "trn_reason": n.trn_reason,
            }
        return [
            forms.LeadForm(
                data,
                initial=initial,
                lenient=self.later,
                nominee=n,
                words=self.words,
                phase=eoi.edition.programme.phase,
                school=eoi.school,
                wanted_senior=self.terms.senior_lead_teachers if self.terms else 0,
                year=eoi.edition.years,
                backer=backer,
            )
        ]

    def changes(self, filled: list[Any]) -> dict[str, Any]:
        return {"nominees": {self.position: filled[0].values()}}

    def context(self) -> dict[str, Any]:
        wanted = self.terms.lead_teachers if self.terms else 2
        found = meter(
            facts.leads_of(self.eoi),
            wanted=wanted,
            wanted_senior=self.terms.senior_lead_teachers if self.terms else 0,
            words=self.words,
        )
        return {"meter": found, "school": self.eoi.school, "year": self.eoi.edition.years}


class _QuestionPage(_Page):
    template = "applications/eoi_questions.html"

    def prepare(self) -> None:
        groups = parts.question_groups(_questions_now(self.eoi))
        self.group = next((g for g in groups if g[0].code.replace("_", "-") == self.slug), None) or []
        if not self.group:
            raise Http404
        self.title = parts.group_title(self.group[0], self.words)

    def forms(self, data: Any) -> list[Any]:
        given = {a.code: a.text for a in self.eoi.answers.all()}
        initial = {q.code: given.get(q.code, "") for q in self.group}
        return [forms.QuestionsForm(data, initial=initial, lenient=self.later, questions=self.group)]

    def changes(self, filled: list[Any]) -> dict[str, Any]:
        return {"answers": filled[0].answers()}

    def context(self) -> dict[str, Any]:
        return {
            "prompts": next((p for q in self.group if (p := forms.prompts_of(q))), []),
            "is_about_history": self.group[0].code == "worked_before",
            "history": _history(self.eoi) if self.group[0].code == "worked_before" else [],
        }


def _terms_now(eoi: ExpressionOfInterest) -> Any:
    """The terms that a draft would be sent on; one query."""
    return eoi.edition.terms.filter(published_at__isnull=False).order_by("-number").first()


def _history(eoi: ExpressionOfInterest) -> list[str]:
    """What the portal's own roll has of the school, in words; one query."""
    rows = Enrolment.objects.of_urns([eoi.school_id]).select_related("edition__programme", "hub")
    return [
        f"{row.edition.programme.name} {row.edition.years} with {row.hub.name}, {row.get_state_display().lower()}"
        for row in rows.order_by("edition__year")
    ]


def known_domains(urn: str) -> set[str]:
    """The domains of addresses that people of a school use here; one query."""
    used = SchoolMembership.objects.filter(school=urn, ended_at=None).values_list("user__email", flat=True)
    return {email.rpartition("@")[2] for email in used}


# --- Check and send -----------------------------------------------------------------------------------------------
PAGE_OF_RULE = {
    rules.Code.LEAD_TEACHERS: "lead-1",
    rules.Code.SUPPORT: parts.PEOPLE,
    rules.Code.HUB: parts.SCHOOL,
}


@requires("applications.send_eoi", on=visible_eoi)
def check_answers(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """All answers on a page with what the rules say of them; the button sends the form for signature."""
    now = clock.now()
    if eoi.state != State.DRAFT:
        return redirect("applications:task_list", eoi.pk)
    problem = ""
    if request.method == "POST":
        try:
            sending.send_for_signature(eoi_id=eoi.pk, by=request.user, now=now)
        except sending.NotEligible:
            problem = "The form cannot be sent as it is."
        except (NotAllowed, signing.NotAllowed) as refusal:
            problem = str(refusal)
        else:
            if _own_request(eoi, request.user) is not None:
                return redirect("applications:sign_here", eoi.pk)
            return redirect("applications:task_list", eoi.pk)
    eoi = visible_eoi(request.user, eoi.pk)
    judgements = sending.judged(eoi, now=now)
    questions = _questions_now(eoi)
    terms = eoi.edition.current_terms
    pages = parts.parts_of(eoi, terms, questions)
    warnings = parts.warnings_of(eoi, known_domains(eoi.school_id))
    people = signed.people_of(eoi)
    renewals = signed.renewals_of(eoi, now=now) if eoi.sent_at else None
    words = words_of(eoi.edition.programme, eoi.school)
    return render(
        request,
        "applications/eoi_check.html",
        {
            "eoi": eoi,
            "cards": [_card(eoi, part, words, warnings.get(part.slug, [])) for part in pages],
            # What is not filled in yet is said once, with its page.
            "fails": [o for j in judgements.fails if not (o := _objection(eoi, j, pages))["is_missing"]],
            "asks": [_objection(eoi, j, pages) for j in judgements.asks],
            "missing": [part for part in pages if part.missing],
            "people": [
                {
                    "name": p.name,
                    "email": p.email,
                    "roles": joined([role_word(r, words) for r in p.roles]),
                    "says": p.says if isinstance(p, signed.Renewal) else "",
                }
                for p in (renewals.people if renewals else people)
            ],
            "leaving": renewals.leaving if renewals else [],
            "renewals": renewals,
            "own": next((p for p in people if p.email.casefold() == request.user.email.casefold()), None),
            "can_send": not judgements.fails and not any(part.missing for part in pages),
            "commitments": [c.text for c in terms.commitments.all()] if terms else [],
            "stage": eoi.edition.programme.stage,
            "signing_last": rules.last_minute(sending.signing_deadline(eoi, now=now)),
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _objection(eoi: ExpressionOfInterest, judgement: rules.Judgement, pages: list[Part]) -> dict[str, Any]:
    slug = PAGE_OF_RULE.get(rules.Code(judgement.code), "")
    if judgement.code == rules.Code.LEAD_TEACHERS:
        slug = next((p.slug for p in pages if p.slug in parts.LEADS and p.missing), slug)
    return {
        "code": judgement.code,
        "title": judgement.title,
        "reason": judgement.reason,
        "remedy": judgement.remedy,
        "url": reverse("applications:page", args=[eoi.pk, slug]) if slug in {p.slug for p in pages} else "",
        "is_register": judgement.code in rules.OF_THE_REGISTER,
        "is_missing": judgement.code in rules.OF_THE_PEOPLE and any(p.missing for p in pages if p.positions),
    }


def _card(eoi: ExpressionOfInterest, part: Part, words: Any, warnings: list[str]) -> dict[str, Any]:
    """One part of the form as its answers."""
    rows: list[dict[str, Any]] = []
    if part.slug == parts.SCHOOL:
        rows = [
            {"key": "School", "value": f"{eoi.school.name}, URN {eoi.school_id}"},
            {"key": "Address", "value": eoi.our_address or "As on the register"},
            {"key": "Telephone", "value": eoi.school.telephone or eoi.telephone},
            {"key": "Maths Hub", "value": eoi.round.hub.name + (f"\n{eoi.hub_reason}" if eoi.hub_reason else "")},
        ]
        if eoi.site:
            rows.append({"key": "Site or department", "value": eoi.site})
    named = {n.position: n for n in eoi.nominees.all()}
    for position in part.positions:
        n = named.get(position)
        if position in Nominee.LEADS:
            rows += _lead_rows(n, eoi)
        else:
            who = position_title(position, words)
            value = f"{n.name}, {post_of(n, words)}\n{n.email}" if n and n.name else ""
            rows.append({"key": who, "value": value})
    given = {a.code: a.text for a in eoi.answers.all()}
    for question in part.questions:
        text = given.get(question.code, "")
        first = part.questions[0]
        if question is not first and not text and given.get(first.code) == "no":
            continue  # what only a yes asks
        if question.kind == Question.Kind.YES_NO:
            text = {"yes": "Yes", "no": "No"}.get(text, "")
        rows.append({"key": question.label, "value": text})
    return {
        "title": part.title,
        "rows": rows,
        "url": reverse("applications:page", args=[eoi.pk, part.slug]),
        "missing": part.missing,
        "warnings": warnings,
    }


def _lead_rows(n: Nominee | None, eoi: ExpressionOfInterest) -> list[dict[str, Any]]:
    if n is None or not n.name:
        return [{"key": "Name", "value": ""}]
    rows = [{"key": "Name", "value": f"{n.name}\n{n.email}"}, {"key": "Role", "value": n.role}]
    if n.senior is not None:
        rows.append({"key": "Experienced, with authority", "value": "Yes" if n.senior else "No"})
    years = ", ".join(label for code, label in parts.year_group_choices(eoi.school) if code in n.year_groups)
    rows.append(
        {"key": "Year groups", "value": years or ("Not timetabled yet" if n.not_timetabled else "Asked when signing")}
    )
    number = (
        forms.trn.masked(n.trn_encrypted) if n.trn_encrypted else n.get_trn_reason_display() if n.trn_reason else ""
    )
    rows.append({"key": "Teacher reference number", "value": number or "Asked when signing"})
    return rows


def _own_request(eoi: ExpressionOfInterest, user: Any) -> SignatureRequest | None:
    """The open request of the person who is signed in, by their address."""
    return (
        SignatureRequest.objects.filter(
            kind=signed.KIND, subject_id=eoi.pk, state__in=[RequestState.ASKED, RequestState.REFUSED]
        )
        .filter(email__iexact=user.email)
        .first()
    )


# --- Where a sent form stands ---------------------------------------------------------------------------------------
def _standing(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    now = clock.now()
    standings = signed.standing_of(eoi)
    words = words_of(eoi.edition.programme, eoi.school)
    works_on_it = may(request.user, "applications.send_eoi", eoi)
    own = _own_request(eoi, request.user) if eoi.state in SIGNABLE else None
    unsigned = [s.request for s in standings if s.state != RequestState.SIGNED] if eoi.state in SIGNABLE else []
    late = max((each.valid_until for each in unsigned if each.valid_until <= now), default=None)
    people = [
        _person(eoi, s, words, now, may_act=may(request.user, "applications.remind_signatory", eoi)) for s in standings
    ]
    end = road.end_of(eoi, now=now)
    if end is not None and eoi.sent_at is not None:  # what was still open has ended with the form
        known = {s.request.person_uuid for s in standings}
        people += _who_did_not_sign([n for n in eoi.nominees.all() if n.person_uuid not in known], words)
    document = documents.latest(eoi)
    signed_so_far = sum(s.state == RequestState.SIGNED for s in standings)
    return render(
        request,
        "applications/eoi_status.html",
        {
            "eoi": eoi,
            "state": State(eoi.state),
            "label": State(eoi.state).label,
            "colour": STATE_COLOURS[State(eoi.state)],
            "people": people,
            "signed": signed_so_far,
            "asked": len(people),
            "no": [s.request for s in standings if s.state == RequestState.REFUSED],
            "own": own if own is not None and now < own.valid_until else None,
            "signing_ended": rules.last_minute(late) if late else None,
            "end": end,
            "steps": road.steps_so_far(eoi, end, signed=signed_so_far, asked=len(people))
            if end
            else road.steps_ahead(eoi, all_signed=bool(standings) and signed_so_far == len(standings)),
            "document": document,
            "is_live": eoi.state in LIVE,
            "place": Enrolment.objects.of_bid(eoi.pk) if eoi.state == State.ACCEPTED else None,
            "may_revise": works_on_it and eoi.state == State.SIGNING and not late,
            "may_withdraw": may(request.user, "applications.withdraw_eoi", eoi) and _may_withdraw(eoi),
            "may_answer": eoi.state == State.OFFERED and may(request.user, "applications.answer_offer", eoi),
            "last_minute": rules.last_minute(eoi.answer_by) if eoi.answer_by else None,
            "words": words,
        },
    )


def _who_did_not_sign(nominees: Iterable[Nominee], words: Any) -> list[dict[str, Any]]:
    """Those of an ended form whose request ended with it, once each."""
    roles: dict[UUID, list[Nominee]] = {}
    for nominee in nominees:
        if nominee.name:
            roles.setdefault(nominee.person_uuid, []).append(nominee)
    return [
        {
            "name": theirs[0].name,
            "about": joined([sentence(role_word(ROLE_OF[Nominee.Position(n.position)], words)) for n in theirs]),
            "state": "Did not sign",
            "colour": "grey",
        }
        for theirs in roles.values()
    ]


def _may_withdraw(eoi: ExpressionOfInterest) -> bool:
    return eoi.state in (State.DRAFT, *LIVE)


def _person(eoi: ExpressionOfInterest, standing: Any, words: Any, now: datetime, *, may_act: bool) -> dict[str, Any]:
    """One signatory as the page shows them, with the buttons that are open for them."""
    request = standing.request
    about = joined([sentence(role_word(role, words)) for role in request.roles])
    state, colour, when = "Not signed yet", "orange", f"Asked on {moment(request.asked_at)}"
    if eoi.state in road.OVER:
        state, colour = "Did not sign", "grey"
    if request.reminded_at:
        when = f"Reminded on {moment(request.reminded_at)}"
    if standing.state == RequestState.SIGNED:
        state, colour, when = "Signed", "green", f"On {moment(request.answered_at)}"
    elif standing.state == RequestState.REFUSED:
        state, colour, when = "Said no", "red", f"On {moment(request.answered_at)}"
    signable = eoi.state in SIGNABLE and now < request.valid_until
    waiting = standing.state == RequestState.ASKED and signable
    from_ = sending.may_remind_from(request)
    return {
        "id": request.pk,
        "name": request.name,
        "email": request.email,
        "about": about,
        "state": state,
        "colour": colour,
        "when": when,
        "reason": request.reason if standing.state == RequestState.REFUSED else "",
        "may_remind": may_act and waiting and now >= from_,
        "remind_from": from_ if may_act and waiting and now < from_ else None,
        "may_reissue": may_act and signable and standing.state in (RequestState.ASKED, RequestState.REFUSED),
    }


@requires("applications.send_eoi", on=visible_eoi, methods=("POST",))
def revise(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Open a form that is being signed, to change it or name another person."""
    try:
        sending.revise(eoi_id=eoi.pk, by=request.user, now=clock.now())
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request,
            "The form is open again. Below you read whose signatures would stand if you sent it as it is. "
            "Send it again when you are done.",
        )
    return redirect("applications:task_list", eoi.pk)


@requires("applications.withdraw_eoi", on=visible_eoi)
def withdraw(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Take the form back, for good."""
    if not _may_withdraw(eoi):
        return redirect("applications:task_list", eoi.pk)
    form = forms.WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sending.withdraw(eoi_id=eoi.pk, by=request.user, reason=form.cleaned_data["reason"], now=clock.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The form is withdrawn.")
            return redirect("applications:task_list", eoi.pk)
    status = 422 if form.errors else 200
    return render(request, "applications/eoi_withdraw.html", {"eoi": eoi, "form": form}, status=status)


def _request_of(eoi: ExpressionOfInterest, request_id: UUID) -> SignatureRequest:
    return get_object_or_404(SignatureRequest, pk=request_id, kind=signed.KIND, subject_id=eoi.pk)


@requires("applications.remind_signatory", on=visible_eoi, methods=("POST",))
def remind(request: HttpRequest, eoi: ExpressionOfInterest, request_id: UUID) -> HttpResponse:
    """Ask somebody who has not signed once more."""
    asked = _request_of(eoi, request_id)
    try:
        sending.remind(request_id=asked.pk, by=request.user, now=clock.now())
    except (NotAllowed, signing.NotAllowed) as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"A reminder is on its way to {asked.name}.")
    return redirect(_back(eoi, request))


@requires("applications.remind_signatory", on=visible_eoi, methods=("POST",))
def reissue(request: HttpRequest, eoi: ExpressionOfInterest, request_id: UUID) -> HttpResponse:
    """Send somebody a new link, to the address on file."""
    asked = _request_of(eoi, request_id)
    try:
        sending.reissue(request_id=asked.pk, by=request.user, now=clock.now())
    except (NotAllowed, signing.NotAllowed) as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"A new link is on its way to {asked.name}. Earlier links no longer open.")
    return redirect(_back(eoi, request))


def _back(eoi: ExpressionOfInterest, request: HttpRequest) -> str:
    """Back to the page the button stands on: the hub's or the school's."""
    name = "applications:bid" if request.POST.get("from") == "bid" else "applications:task_list"
    return reverse(name, args=[eoi.pk])


@requires("applications.see_eoi", on=visible_eoi, methods=("GET", "HEAD"))
def commitment(request: HttpRequest, eoi: ExpressionOfInterest) -> FileResponse:
    """The sealed commitment, once it is made."""
    document = documents.latest(eoi)
    if document is None:
        raise Http404
    return serve(request, document)
