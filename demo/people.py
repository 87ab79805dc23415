"""Invented people: names for the staff of schools, and the words that heads of department write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

FIRST = (
    "Helen", "Samir", "Joanna", "Amira", "Tom", "Grace", "Idris", "Marta", "Owen", "Leila", "Peter", "Chioma", "Ewan",
    "Sunita", "Daniel", "Róisín", "Kwame", "Beth", "Tariq", "Zoë", "Hugh", "Anjali", "Marcus", "Nadia", "Callum", "Yasmin",
    "Gareth", "Priscilla", "Rhys", "Mei", "Andrzej", "Fatima", "Ruth", "Jamal", "Elin", "Victor", "Sadia", "Noel",
)  # fmt: skip
LAST = (
    "Carter", "Haddad", "Marsh", "Khan", "Ellis", "Okafor", "Bevan", "Kowalska", "Pryce", "Farah", "Lonsdale", "Eze",
    "Munro", "Rao", "Whitmore", "Byrne", "Mensah", "Tolley", "Aziz", "Penrose", "Stratton", "Desai", "Boateng", "Rahman",
    "Drummond", "Malik", "Llewellyn", "Chalke", "Vaughan", "Lin", "Nowak", "O’Neill", "Ashworth", "Clarke", "Haf", "Quaye",
    "Iqbal", "Fenwick",
)  # fmt: skip

STATEMENTS = (
    "Pupils leave Year 9 able to follow a method but unsure why it works, and it shows in problem solving at Key Stage 4. We "
    "want one shared approach in which each lesson builds on what was understood before. From the programme we hope for "
    "time with a specialist, a common language across seven teachers, and a scheme of work that keeps ideas joined up. We "
    "chose {first} because she already leads planning for the younger years and colleagues follow her, and {second} because "
    "he is keen, teaches across the age range and will try things out and say honestly what happened.",
    "Our department is settled and works hard, yet each of us teaches in our own way. Two years of looking at books told us "
    "that the same topic is met three times without going deeper. We hope to learn to plan for small steps and for "
    "variation, and to use our weekly meeting for mathematics rather than for notices. {first} has the authority to change "
    "what we do in that meeting. {second} is new to teaching and asks the questions the rest of us stopped asking.",
    "Half of our pupils arrive below the standard expected, and too many believe that they cannot do mathematics. We have "
    "seen at a neighbouring school what it does for them when nobody is left behind in a lesson. We expect slower starts, "
    "firmer foundations and fewer sets. {first} and {second} share Year 7 and Year 8 between them, so a change in their "
    "rooms reaches two thirds of the year group from the first term, and both have asked for this themselves.",
)  # fmt: skip
PRIMARY_STATEMENTS = (
    "Children are quick with number facts and slower to explain. We want talk, pictures and careful steps to be part of "
    "every lesson from Reception to Year 6. The programme would give us a specialist’s eye twice a term and schools to "
    "learn with. {first} leads maths and has time set aside for it; {second} teaches Year 2 and will help colleagues in the "
    "younger classes to try what we learn.",
    "Our results hide how uneven the years are. A shared way of planning, and textbooks used with thought, would help new "
    "colleagues most. {first} has led maths for four years with the full support of the head. {second} moved to us from a "
    "school that works in this way and misses it.",
)  # fmt: skip
HEARD = ("From our hub’s newsletter", "From a school in our trust", "At a headteachers’ meeting", "From a colleague")


def names() -> Iterator[str]:
    """Full names without end; the same ones in each build, and none twice among the first fourteen hundred."""
    for n in count():
        yield f"{FIRST[n % len(FIRST)]} {LAST[(n * 7 + n // len(FIRST)) % len(LAST)]}"


def address(name: str, host: str) -> str:
    """An address in plain letters: "Zoë O’Neill" at "s115775" is z.oneill@s115775.example."""
    plain = name.translate(str.maketrans("óíëÉé", "oieEe", "’'-")).lower().split()
    return f"{plain[0][0]}.{plain[-1]}@{host}.example"
