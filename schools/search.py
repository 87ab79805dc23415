"""Finding a school by name, town, postcode or URN, also when a letter is wrong.

Both databases search the same folded text (`schools.folding`). Every word typed must begin a word of the school; when
no school has them all, PostgreSQL asks for the most similar by trigrams, and SQLite corrects the words typed to the
nearest that the schools have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from schools import spelling
from schools.folding import fold, full_postcode
from schools.models import RegisterImport, School, Status

LONGEST = 100  # characters of a question that are read
MOST_WORDS = 8
SIMILAR = 0.3  # mean trigram similarity of the words: "blacarras" and "balcarras school" have 0.5
LIKELY = 60  # so many of the most similar are looked at word by word
_SMALL = frozenset({"the", "of", "and", "for", "at", "in", "a"})
# What schools are, which people mix up: left out when the question as it stands finds nothing.
_KINDS = frozenset({"school", "academy", "college", "primary", "secondary", "high", "junior", "infant", "infants", "community"})


def words_of(text: str) -> list[str]:
    """The words of a question that count: folded, small words dropped unless nothing else was typed."""
    words = fold(text[:LONGEST]).split()[:MOST_WORDS]
    return [word for word in words if word not in _SMALL] or words


def find(text: str, limit: int = 10) -> list[School]:
    """The schools that a question means, best first, at most `limit`; authority and type come with them.

    A URN or a whole postcode answers with those; otherwise open schools stand before closed ones and names that begin
    with the question before those that hold it. At most four queries.
    """
    text = text.replace("\x00", " ")
    every = School.objects.select_related("la", "type")
    plain = "".join(text.split())
    if plain.isascii() and plain.isdigit() and len(plain) == 6:
        return list(every.filter(pk=plain))
    if postcode := full_postcode(text):
        found = list(_ordered(every.filter(postcode=postcode), "")[:limit])
        # Nobody there: what lies in the same part of town ("GL53 8") is a better answer than nothing.
        return found or list(_ordered(every.filter(postcode__startswith=postcode[:-2]), "")[:limit])
    words = words_of(text)
    if not words:
        return []
    folded = " ".join(words)
    found = list(_ordered(_with_words(every, words), folded)[:limit])
    if found or len(folded) < 4:
        return found
    telling = [word for word in words if word not in _KINDS] or words
    return _misspelt(every, telling, limit, fresh=telling != words)


def _with_words(schools: QuerySet[School], words: Iterable[str]) -> QuerySet[School]:
    schools = schools.alias(padded=Concat(Value(" "), F("search")))
    for word in words:
        schools = schools.filter(search__contains=word).filter(padded__contains=f" {word}")
    return schools


def _ordered(schools: QuerySet[School], folded: str) -> QuerySet[School]:
    whens = [When(search__startswith=folded, then=Value(0))] if folded else []
    return schools.annotate(
        open_first=Case(When(status=Status.CLOSED, then=Value(1)), default=Value(0), output_field=IntegerField()),
        begins=Case(*whens, default=Value(1), output_field=IntegerField()),
    ).order_by("open_first", "begins", "name", "pk")


def _misspelt(schools: QuerySet[School], words: Sequence[str], limit: int, *, fresh: bool) -> list[School]:
    """Schools whose words are these give or take a letter; `fresh` says that they were not asked for in this form yet."""
    if connection.vendor == "postgresql":
        nearness = sum((TrigramWordSimilarity(word, "search") for word in words[1:]), TrigramWordSimilarity(words[0], "search"))
        near = schools.annotate(nearness=nearness / Value(float(len(words)))).filter(nearness__gte=SIMILAR)
        likely = near.order_by("-nearness", "name", "pk")[:LIKELY]
        # Trigrams find what shares letters; what shares the words, give or take a letter, is what was meant.
        ranked = [(spelling.far(words, school.search.split()), school.status == Status.CLOSED, school) for school in likely]
        return [school for far, _, school in sorted((r for r in ranked if r[0] is not None), key=lambda r: r[:2])][:limit]
    latest = RegisterImport.objects.order_by("-ran_at").values_list("pk", flat=True).first()
    vocabulary = spelling.vocabulary(latest, lambda: School.objects.values_list("search", flat=True).iterator(2000))
    corrected = [spelling.nearest(word, vocabulary) for word in words]
    right = all(near == [word] for near, word in zip(corrected, words, strict=True))
    if not all(corrected) or (right and not fresh):
        return []
    wanted = schools.alias(padded=Concat(Value(" "), F("search"), Value(" ")))
    for near in corrected:
        any_of = Q()
        for word in near:
            any_of |= Q(padded__contains=f" {word}")
        wanted = wanted.filter(any_of)
    return list(_ordered(wanted, "")[:limit])
