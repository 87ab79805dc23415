"""Finding a school by name, town, postcode or URN, also when a letter is wrong.

Both databases search the same folded text (`schools.folding`) and answer the same. Every word typed must begin a word
of the school; when no school has them all, the words typed are corrected to the nearest that schools have. On
PostgreSQL a trigram index finds the words. Similarity by trigrams itself was tried and left: 2 s over 52,000 schools,
and it ranks what shares letters above what shares words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from schools import spelling
from schools.folding import fold, full_postcode
from schools.models import RegisterImport, School, Status

LONGEST = 100  # characters of a question that are read
MOST_WORDS = 8
_SMALL = frozenset({"the", "of", "and", "for", "at", "in", "a"})
# What schools are, which people mix up: left out when the question as it stands finds nothing.
_KINDS = frozenset(
    {"school", "academy", "college", "primary", "secondary", "high", "junior", "infant", "infants", "community"}
)


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
    return _misspelt(every, words, limit)


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


def _misspelt(schools: QuerySet[School], words: Sequence[str], limit: int) -> list[School]:
    """Schools whose words are these give or take a letter, or without the words for what kind of school it is."""
    in_use = RegisterImport.objects.in_use()
    vocabulary = spelling.vocabulary(
        in_use and in_use.pk, lambda: School.objects.values_list("search", flat=True).iterator(2000)
    )
    telling = [word for word in spelling.joined(words, vocabulary) if word not in _KINDS] or list(words)
    meant = [spelling.nearest(word, vocabulary) for word in telling]
    if not all(meant) or meant == [[word] for word in words]:  # a word like no other, or nothing to put right
        return []
    wanted = schools.alias(padded=Concat(Value(" "), F("search")))
    for several in meant:
        any_of = Q()
        for word in several:
            any_of |= Q(search__contains=word, padded__contains=f" {word}")
        wanted = wanted.filter(any_of)
    return list(_ordered(wanted, "")[:limit])
