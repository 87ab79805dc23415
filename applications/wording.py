"""What people and posts are called in a form, which follows the phase of the programme and the kind of school."""

from __future__ import annotations

import unicodedata
from typing import Any

from applications.models import Nominee, Round
from applications.states import State
from programmes.rules import Words, sentence, words

# What schools are told of a round, and the colour of its tag.
STATE_WORDS = {
    Round.PublicState.OPEN: ("open", "green"),
    Round.PublicState.CLOSING_SOON: ("closing soon", "orange"),
    Round.PublicState.FULL: ("full: reserves only", "grey"),
    Round.PublicState.ANNOUNCED: ("announced", "blue"),
    Round.PublicState.CLOSED: ("closed", "grey"),
}
# The colour of the tag of a form's state, the same for its school, its hub and on every home.
STATE_COLOURS = {
    State.DRAFT: "grey",
    State.SIGNING: "blue",
    State.SUBMITTED: "green",
    State.RESERVE: "blue",
    State.OFFERED: "blue",
    State.ACCEPTED: "green",
    State.NOT_CHOSEN: "grey",
    State.REFUSED: "grey",
    State.LAPSED: "grey",
    State.WITHDRAWN: "grey",
}
# What the trail of a form says; {person} is whom the step is about, {part} the page of the form that was saved.
EVENT_WORDS = {
    "eoi.begun": "Form begun",
    "eoi.saved": "Form changed: {part}",
    "eoi.own_details_added": "{person} added their own details",
    "eoi.ask_to_sign": "Sent for signature",
    "eoi.signed": "{person} signed",
    "eoi.refused_to_sign": "{person} said no",
    "eoi.reminded": "{person} reminded to sign",
    "eoi.submit": "All have signed: submitted",
    "eoi.all_signed": "All have signed",
    "eoi.revise": "Taken back by the school to change it",
    "eoi.return": "Returned for correction",
    "eoi.offer": "Place offered",
    "eoi.hold": "Held in reserve",
    "eoi.not_choose": "Not chosen this time",
    "eoi.put_back": "Put back to decide",
    "eoi.put_back_unsigned": "Put back, signatures still missing",
    "eoi.take_back": "Offer taken back",
    "eoi.take_back_unsigned": "Offer taken back, signatures still missing",
    "eoi.reconsider": "To be decided again",
    "eoi.reconsider_unsigned": "To be decided again, signatures still missing",
    "eoi.reopen_draft": "Reopened, to be filled in",
    "eoi.reopen_signing": "Reopened, to be signed",
    "eoi.accept": "Place accepted",
    "eoi.refuse": "Place refused",
    "eoi.lapse": "Lapsed",
    "eoi.let_lapse": "Let lapse",
    "eoi.withdraw": "Withdrawn",
    "eoi.settled": "Question settled",
    "eoi.noted": "Note added",
}
# Steps that nobody takes by themselves, or whose words name already who took them.
NOBODYS = {"eoi.own_details_added", "eoi.signed", "eoi.refused_to_sign", "eoi.submit", "eoi.all_signed", "eoi.lapse"}
ROLE_OF = {
    Nominee.Position.HEAD: "head",
    Nominee.Position.HEAD_OF_DEPARTMENT: "head_of_department",
    Nominee.Position.LEAD_1: "lead",
    Nominee.Position.LEAD_2: "lead",
}


def words_of(programme: Any, school: Any) -> Words:
    """The words for a programme at a school, whose type must be loaded."""
    return words(programme.phase, sector=school.type.sector, specialist=programme.kind == "specialist")


def role_word(role: str, words: Words) -> str:
    """The role in which somebody signs, as it stands inside a sentence."""
    return {"head": "headteacher", "head_of_department": words.head_of_department, "lead": words.lead}[role]


def position_title(position: str, words: Words, *, wanted: int = 2) -> str:
    """Headteacher, Head of department, First Mastery Advocate: a heading."""
    if position not in Nominee.LEADS:
        return sentence(role_word(ROLE_OF[Nominee.Position(position)], words))
    if wanted == 1:
        return sentence(words.lead)
    return f"{'First' if position == Nominee.Position.LEAD_1 else 'Second'} {words.lead}"


def post_choice(post: str, words: Words) -> str:
    """The full label of a post, for a list to choose from."""
    label: str = Nominee.Post(post).label
    if words.head_of_department == "head of department":
        return label
    return label.replace("Acting head of department", f"Acting {words.head_of_department}").replace(
        "Head of department", sentence(words.head_of_department)
    )


def post_of(nominee: Nominee, words: Words) -> str:
    """The post of a head or head of department, or the role of a lead teacher, as it stands after a name."""
    if nominee.position in Nominee.LEADS:
        return nominee.role
    if nominee.post in (Nominee.Post.VACANT, Nominee.Post.NONE):
        return f"leader who manages maths, for the {words.head_of_department}"
    if nominee.post == Nominee.Post.DEPUTY:
        return "deputy, for the headteacher"
    if nominee.post:
        return post_choice(nominee.post, words)
    return sentence(role_word(ROLE_OF[Nominee.Position(nominee.position)], words))


def is_name_of(typed: str, name: str) -> bool:
    """Whether a typed name may be that of the person named: they share a word, accents and apostrophes apart."""
    return bool(_name_words(typed) & _name_words(name))


def _name_words(name: str) -> set[str]:
    letters = unicodedata.normalize("NFKD", name.casefold().replace("-", " "))
    words = "".join(c for c in letters if c.isalpha() or c == " ").split()
    return {word for word in words if len(word) > 1} or set(words)
