"""The parts of a form as its terms ask for them, and what each still lacks: the same for task list, check, sending,
reminders and the hub's list of drafts. It reads rows that are loaded: whoever shows many forms prefetches them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from applications.models import ExpressionOfInterest, Nominee
from applications.wording import position_title, words_of
from core.ui.forms import count_words
from programmes.models import Question, Terms
from programmes.rules import LeadRole, Words, senior_is_asked, sentence

SCHOOL, PEOPLE, LEADS = "school", "people", {"lead-1": "lead_1", "lead-2": "lead_2"}
SHORT_STATEMENT = 100  # words; below it the statement counts as in progress, and may be sent all the same
ABOUT_WORDS = 150


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the form. `missing` holds what must be there before it can be sent; `begun` whether anything is."""

    slug: str
    title: str
    hint: str
    missing: tuple[str, ...] = ()
    begun: bool = False
    in_progress: bool = False
    unseen: bool = False  # may be left out, and nobody has looked at it yet
    questions: tuple[Question, ...] = field(default=(), compare=False)
    positions: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.missing and not self.in_progress and not self.unseen

    @property
    def status(self) -> str:
        if not self.begun and self.missing:
            return "Not started"
        if self.missing:
            return f"{self.missing[0]} missing" if len(self.missing) == 1 else f"{len(self.missing)} answers missing"
        if self.in_progress:
            return "In progress"
        return "Completed" if self.begun else "Optional"

    @property
    def colour(self) -> str:
        if self.missing:
            return "orange" if self.begun else "grey"
        return "blue" if self.in_progress else "" if self.begun else "grey"


def parts_of(eoi: ExpressionOfInterest, terms: Terms | None, questions: Iterable[Question] | None = None) -> list[Part]:
    """Every part of a form, in the order of its pages; school with type, round with hub, people and answers loaded."""
    words = words_of(eoi.edition.programme, eoi.school)
    named = {nominee.position: nominee for nominee in eoi.nominees.all()}
    answers = {answer.code: answer.text for answer in eoi.answers.all()}
    must_sign = terms.must_sign if terms else ["head", "head_of_department", "lead"]
    wanted = terms.lead_teachers if terms else 2
    senior = terms.senior_lead_teachers if terms else 0
    parts = [_school(eoi)]
    backers = [p for p, role in BACKERS if role in must_sign]
    if backers:
        parts.append(_people(backers, named, words))
    for slug, position in list(LEADS.items())[:wanted]:
        parts.append(_lead(slug, position, named.get(position), words, wanted=wanted, wanted_senior=senior))
    asked = list(questions if questions is not None else _asked_in(terms))
    parts += [_questions(group, answers, words, saved=eoi.pages) for group in question_groups(asked)]
    return parts


BACKERS = ((Nominee.Position.HEAD, "head"), (Nominee.Position.HEAD_OF_DEPARTMENT, "head_of_department"))


def missing_of(parts: Sequence[Part]) -> list[str]:
    """What has to be filled in before the form can be sent, a line a part."""
    return [f"{part.title}: {part.status.lower()}" for part in parts if part.missing]


def page_title(slug: str, words: Words) -> str:
    """What a page of the form is called where its part is not at hand: in the trail, which names it by its slug."""
    if slug in LEADS:
        return position_title(LEADS[slug], words)
    code = slug.replace("-", "_")
    known = {SCHOOL: "School and hub", PEOPLE: "Who backs the form"}
    return known.get(slug) or GROUP_TITLES.get(code, code.replace("_", " ")).format(department=words.department)


def _school(eoi: ExpressionOfInterest) -> Part:
    missing = []
    if not eoi.school_confirmed:
        missing.append("Confirmation")
    if not eoi.hub_confirmed:
        missing.append("Hub")
    if not eoi.school.telephone and not eoi.telephone:
        missing.append("Telephone")
    hint = f"Filled in from the register. {eoi.round.hub.name}" if eoi.hub_confirmed else "Filled in from the register"
    return Part(SCHOOL, "School and hub", hint, tuple(missing), begun=eoi.school_confirmed)


def _people(positions: Sequence[str], named: Mapping[str, Nominee], words: Words) -> Part:
    titles = [position_title(p, words) for p in positions]
    title = " and ".join([titles[0], *[t[0].lower() + t[1:] for t in titles[1:]]])
    missing, names = [], []
    for position in positions:
        nominee = named.get(position)
        who = position_title(position, words)
        given = (nominee.post, nominee.name, nominee.email) if nominee else ("", "", "")
        lacking = [label for label, value in zip(("post", "name", "e-mail"), given, strict=True) if not value]
        missing += [f"{who}’s {label}" for label in lacking]
        if nominee and nominee.name:
            names.append(nominee.name)
    hint = " and ".join(dict.fromkeys(names)) or "Names, posts and e-mail addresses"
    return Part(PEOPLE, title, hint, tuple(missing), begun=bool(names), positions=tuple(positions))


def _lead(slug: str, position: str, nominee: Nominee | None, words: Words, *, wanted: int, wanted_senior: int) -> Part:
    title = position_title(position, words, wanted=wanted)
    if nominee is None or not nominee.name:
        return Part(slug, title, "Name, e-mail address and role", ("Name", "E-mail", "Role"), positions=(position,))
    missing = []
    if not nominee.email:
        missing.append("E-mail")
    if not nominee.role_code or (nominee.role_code == LeadRole.OTHER and not nominee.role):
        missing.append("Role")
    elif senior_is_asked(nominee.role_code, wanted_senior=wanted_senior) and nominee.senior is None:
        missing.append("Answer on experience")
    later = [
        what
        for what, is_there in (
            ("TRN", nominee.trn_hash or nominee.trn_reason),
            ("year groups", nominee.year_groups or nominee.not_timetabled),
        )
        if not is_there
    ]
    hint = nominee.name + (f". Adds {' and '.join(later)} when signing" if later else "")
    return Part(slug, title, hint, tuple(missing), begun=True, positions=(position,))


def question_groups(questions: Sequence[Question]) -> list[list[Question]]:
    """Questions by page: one whose code continues another's (`worked_before_what`) stands on that one's page."""
    groups: list[list[Question]] = []
    for question in sorted(questions, key=lambda q: q.order):
        if groups and question.code.startswith(f"{groups[-1][0].code}_"):
            groups[-1].append(question)
        else:
            groups.append([question])
    return groups


GROUP_TITLES = {
    "worked_before": "Work with a specialist before",
    "statement": "Why your {department}",
    "heard": "How you heard of it",
}


def group_title(first: Question, words: Words) -> str:
    """The heading of a question page: short for those that ship, else the question itself."""
    title = GROUP_TITLES.get(first.code)
    return title.format(department=words.department) if title else sentence(first.label)


def _questions(
    group: Sequence[Question], answers: Mapping[str, str], words: Words, *, saved: Mapping[str, Any]
) -> Part:
    first = group[0]
    missing = ["Answer" for question in group if question.required and not answers.get(question.code, "").strip()]
    begun = any(answers.get(question.code, "").strip() for question in group)
    prose = next((q for q in group if q.kind == Question.Kind.WORDS), None)
    hint, in_progress = "", False
    if prose is not None:
        count = count_words(answers.get(prose.code, ""))
        hint = f"{count} of about {ABOUT_WORDS} words" if count else f"About {ABOUT_WORDS} words"
        in_progress = 0 < count < SHORT_STATEMENT
    elif not any(question.required for question in group):
        hint = "You can leave this out"
    slug = first.code.replace("_", "-")
    unseen = not begun and not missing and slug not in saved
    return Part(slug, group_title(first, words), hint, tuple(missing), begun, in_progress, unseen, tuple(group))


def warnings_of(eoi: ExpressionOfInterest, known_domains: Iterable[str] = ()) -> dict[str, list[str]]:
    """What is worth a second look and never stops anybody, by the part it belongs to."""
    words = words_of(eoi.edition.programme, eoi.school)
    found: dict[str, list[str]] = {}
    people = [n for n in eoi.nominees.all() if n.name and n.email]
    domains = {d for d in (domain_of_site(eoi.school.website), *(d.casefold() for d in known_domains)) if d}
    for n in people:
        domain = n.email.rpartition("@")[2].casefold()
        if domains and not any(domain == d or domain.endswith(f".{d}") or d.endswith(f".{domain}") for d in domains):
            found.setdefault(slug_of(n.position), []).append(
                f"{n.email} is not at an address that we know of the school ({', '.join(sorted(domains)[:3])}). "
                "It may well be right: the request to sign goes there, so check it once."
            )
    for index, n in enumerate(people):
        for other in people[:index]:
            if n.person_uuid != other.person_uuid and n.email.casefold() == other.email.casefold():
                found.setdefault(slug_of(n.position), []).append(
                    f"{other.name} and {n.name} share the address {n.email}. Each of them gets a mail there."
                )
    leads = [n for n in people if n.position in Nominee.LEADS]
    if not eoi.edition.programme.is_primary and len(leads) > 1 and all(n.year_groups for n in leads):
        if not any({"Y7", "Y8", "Y9"} & set(n.year_groups) for n in leads):
            found.setdefault(slug_of(leads[-1].position), []).append(
                f"Neither {words.lead} teaches Years 7 to 9, where the programme begins."
            )
    terms = eoi.edition.current_terms
    answers = {answer.code: answer.text for answer in eoi.answers.all()}
    for part in (_questions(group, answers, words, saved={}) for group in question_groups(_asked_in(terms))):
        if part.in_progress:
            found.setdefault(part.slug, []).append(f"This is short: {part.hint}. It can be sent all the same.")
    return found


def _asked_in(terms: Terms | None) -> list[Question]:
    return list(terms.questions.all()) if terms else []


def slug_of(position: str) -> str:
    """The page on which a person is named."""
    return next((slug for slug, named in LEADS.items() if named == position), PEOPLE)


def domain_of_site(website: str) -> str:
    """The domain of a web address as the register has it, without www."""
    host = website.strip().casefold().partition("://")[2] or website.strip().casefold()
    return host.partition("/")[0].partition(":")[0].removeprefix("www.")


def year_group_choices(school: Any) -> list[tuple[str, str]]:
    """The year groups that a school's statutory ages allow; all of them where these are not known."""
    low = school.low_age if school.low_age is not None else 4
    high = school.high_age if school.high_age is not None else 19
    years = range(max(low - 4, 0), min(max(high - 5, 0), 13) + 1)
    return [("R", "Reception") if year == 0 else (f"Y{year}", f"Year {year}") for year in years]
