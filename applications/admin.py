"""Rounds and expressions of interest, for support to read; each is moved by its service alone."""

from applications.models import (
    Answer,
    Editor,
    ExpressionOfInterest,
    Extension,
    Nominee,
    Note,
    Return,
    Round,
    Settlement,
)
from core import support

support.show(Round, search=("hub__name", "edition__programme__name"))
support.show(ExpressionOfInterest, search=("reference", "school__name", "school__urn"))
support.show(Nominee, search=("name", "email"))
support.show(Editor, search=("user__email",))
support.show(Extension, Return, Settlement, Note, Answer)
