"""The information sheet of an edition, as plain rows for its page and as a PDF made in a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from core.documents import qr
from core.documents.jobs import DocumentKind, Made, NotWanted
from core.documents.models import StoredDocument
from core.documents.templates import render_html
from programmes.models import Edition, Programme, Terms
from programmes.rules import Words, counted, role_label, sentence, words

SHEET = "programmes.sheet"
TO_BE_ANNOUNCED = "To be announced"


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Sheet:
    """What the information sheet prints, in the order it prints it."""

    edition: Edition
    terms: Terms | None
    facts: list[Fact]
    promises: list[str]
    signs: list[str]
    entry: list[str]

    @property
    def words(self) -> Words:
        return words_of(self.edition)


def words_of(edition: Edition) -> Words:
    programme = edition.programme
    return words(programme.phase, specialist=programme.kind == Programme.Kind.SPECIALIST)


def sheet_of(edition: Edition) -> Sheet:
    """The sheet of an edition by its published terms; a figure that is not given says so."""
    terms = edition.current_terms
    say = words_of(edition)
    return Sheet(
        edition=edition,
        terms=terms,
        facts=_facts(edition, terms, say),
        promises=[commitment.text for commitment in terms.commitments.all()] if terms else [],
        signs=_signs(terms, say) if terms else [],
        entry=_entry(edition, terms) if terms else [],
    )


def _facts(edition: Edition, terms: Terms | None, say: Words) -> list[Fact]:
    found = [Fact("Programme code", edition.ncp_code)] if edition.ncp_code else []
    if terms is None:
        return [*found, Fact("What it asks and gives", TO_BE_ANNOUNCED)]
    specialist = edition.programme.kind == Programme.Kind.SPECIALIST
    found.append(Fact(sentence(say.leads), _leads(edition, terms, say)))
    if not specialist:
        found.append(Fact("Schools in a group", _range(terms.group_min, terms.group_max) or TO_BE_ANNOUNCED))
    given = [
        ("Meetings", _least(terms.meetings_min, terms.meeting_half_days)),
        ("Days in school", _range(terms.in_school_days_min, terms.in_school_days_max)),
        ("Days of release in all", f"At least {terms.release_days_min}" if terms.release_days_min else ""),
        ("Visits", _visits(terms)),
        ("Headteachers’ meetings", _each(terms.head_meetings_per_term, "a term")),
    ]
    found += [Fact(label, value) for label, value in given if value]
    found.append(Fact("Money for each school", pounds(terms.money_per_school) or TO_BE_ANNOUNCED))
    if terms.match_funding_cap:
        found.append(Fact("Textbooks", f"Match funding of up to {pounds(terms.match_funding_cap)}"))
    found.append(Fact("What it costs", "Nothing: no programme charges a fee"))
    if terms.years_committed:
        found.append(Fact("Your school commits to", f"{sentence(counted(terms.years_committed))} years"))
    if terms.who_leads:
        found.append(Fact("Who leads", terms.who_leads))
    return found


def _leads(edition: Edition, terms: Terms, say: Words) -> str:
    text = counted(terms.lead_teachers)
    if terms.senior_lead_teachers:
        text += f", {counted(terms.senior_lead_teachers)} of them senior"
    if terms.lead_role_wanted:
        text += f", one of them the {role_label(terms.lead_role_wanted, edition.programme.phase).lower()}"
    return sentence(text)


def _signs(terms: Terms, say: Words) -> list[str]:
    head = "the headteacher, or a senior leader who may commit the school"
    named = {
        "head": f"{head}," if len(terms.must_sign) == 2 else head,  # no list of three follows to end the aside
        "head_of_department": f"the {say.head_of_department}",
        "lead": f"the {say.lead}" if terms.lead_teachers == 1 else f"each {say.lead}",
    }
    return [named[role] for role in terms.must_sign if role in named]


def _entry(edition: Edition, terms: Terms) -> list[str]:
    ways = []
    if terms.entry_by_eoi:
        ways.append("Send an expression of interest while a round of your hub is open.")
    if terms.entry_by_continuation:
        ways.append("Schools that are on the stage before are asked by their hub whether they go on.")
    if terms.once_only:
        ways.append("A school can take this stage once only.")
    return ways


def _least(number: int | None, half_days: int | None) -> str:
    if not number:
        return ""
    length = {1: " of half a day", 2: " of a day"}.get(half_days or 0, "")
    return f"At least {counted(number)}{length}"


def _range(low: int | None, high: int | None) -> str:
    if low and high and low != high:
        return f"{low} {'or' if high == low + 1 else 'to'} {high}"
    if high and not low:
        return f"Up to {high}"
    return str(low or high or "")


def _each(number: int | None, period: str) -> str:
    return f"{sentence(counted(number))} {period}" if number else ""


def _visits(terms: Terms) -> str:
    return _each(terms.visits_per_term, "a term") or _each(terms.visits_per_year, "a year")


def pounds(amount: Decimal | None) -> str:
    """£2,000, or £1,250.50; empty where no amount is given."""
    if amount is None:
        return ""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"


# --- The PDF ------------------------------------------------------------------------------------------------------


def make_sheet(subject_id: UUID, now: datetime) -> Made:
    """The PDF of the terms `subject_id`; terms that were followed by others want none any more."""
    terms = Terms.objects.select_related("edition__programme").get(pk=subject_id)
    edition = Edition.objects.with_terms().get(pk=terms.edition_id)
    if edition.current_terms is None or edition.current_terms.pk != terms.pk:
        raise NotWanted
    title = f"{edition.programme.full_name} {edition.years}"
    page = settings.SITE_URL + reverse("programmes:edition", args=[edition.programme_id, edition.year])
    reference = f"{edition.ncp_code or edition.programme.name} {edition.years}, terms {terms.number}"
    return Made(
        html=render_html(
            "programmes/documents/sheet.html",
            {
                "sheet": sheet_of(edition),
                "edition": edition,
                "title": title,
                "reference": reference,
                "created": terms.published_at,
                "page_url": page,
                "start_url": f"{settings.SITE_URL}/",
                "hub_url": settings.SITE_URL + reverse("hubs:find"),
                # Markup of our own library round an address of our own: nothing of a person is in it.
                "qr": SafeString(qr.svg(page, f"QR code: {title} at {page}")),
            },
        ),
        reference=reference[:40],
        title=title,
        filename=f"{edition.programme.slug}-{edition.year}.pdf",
        scope=None,
        sealed=False,
        about=str(edition),
    )


def sheet_made(document: StoredDocument, now: datetime) -> None:
    """Nobody is mailed: the page shows a link as soon as the PDF is there."""


def stored_sheet(edition: Edition) -> StoredDocument | None:
    """The PDF of the edition's present terms, once it is made."""
    terms = edition.current_terms
    if terms is None:
        return None
    return StoredDocument.objects.filter(kind=SHEET, subject_id=terms.pk).order_by("-version").first()


KIND = DocumentKind(SHEET, make_sheet, sheet_made)
