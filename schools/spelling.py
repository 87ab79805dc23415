"""Misspelt words put right against the words that schools have; knows no database."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

MOST = 5  # corrections of one word that are tried

Vocabulary = Mapping[int, Sequence[str]]  # words by their length

_kept: tuple[Hashable, Vocabulary] | None = None


def vocabulary(version: Hashable, texts: Callable[[], Iterable[str]]) -> Vocabulary:
    """The different words of all texts, by length. Kept in this process until `version` is another."""
    global _kept
    if _kept is None or _kept[0] != version:
        words = {word for text in texts() for word in text.split() if not word.isdigit()}
        by_length: dict[int, list[str]] = {}
        for word in sorted(words):
            by_length.setdefault(len(word), []).append(word)
        _kept = (version, by_length)
    return _kept[1]


def allowed(word: str) -> int:
    """How many letters of a word may be wrong: none of three, one of up to seven, two of more."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def nearest(word: str, words: Vocabulary) -> list[str]:
    """The words that a typed one may stand for: itself when a word begins with it, else the nearest corrections."""
    for length, several in words.items():
        if length >= len(word) and any(each.startswith(word) for each in several):
            return [word]
    limit = allowed(word)
    if not limit:
        return []
    found = []
    for length in range(len(word) - limit, len(word) + limit + 1):
        for each in words.get(length, ()):
            # One of the two ends is nearly always right: nine words in ten need no closer look.
            if (each[0] == word[0] or each[-2:] == word[-2:]) and (far := distance(word, each, limit)) <= limit:
                found.append((far, each))
    # A word still being typed: its wrong letter stands before its end.
    if not found and len(word) >= 5:
        for length, several in words.items():
            if length > len(word) + limit:
                found += [
                    (far, each)
                    for each in several
                    if each[0] == word[0] and (far := distance(word, each[: len(word)], limit)) <= limit
                ]
    least = min((far for far, _ in found), default=0)
    return sorted(each for far, each in found if far == least)[:MOST]


def joined(words: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The words with pairs put together that schools write as one: "chelten ham" is "cheltenham"."""
    put: list[str] = []
    for word in words:
        both = f"{put[-1]}{word}" if put else ""
        if both and both in vocabulary.get(len(both), ()):
            put[-1] = both
        else:
            put.append(word)
    return put


def distance(one: str, other: str, limit: int) -> int:
    """Letters added, left out, changed or swapped with their neighbour between two words; `limit` + 1 when more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row, before = row, [i, *([0] * len(other))], row if i == 1 else before
        for j, b in enumerate(other, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before = last
    return min(row[-1], limit + 1)
