"""What people and posts are called in a form, which follows the phase of the programme and the kind of school."""

from __future__ import annotations

from typing import Any

from applications.models import Nominee, Round
from programmes.rules import Words, sentence, words

# What schools are told of a round, and the colour of its tag.
STATE_WORDS = {
    Round.PublicState.OPEN: ("open", "green"),
    Round.PublicState.CLOSING_SOON: ("closing soon", "orange"),
    Round.PublicState.FULL: ("full: reserves only", "grey"),
    Round.PublicState.ANNOUNCED: ("announced", "blue"),
    Round.PublicState.CLOSED: ("closed", "grey"),
}
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
