"""The pages of docs/ that are printed from the code; a test fails when they are stale."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

from applications import states as bid
from core import doors
from core.signing import states as signing
from hubportal.permissions import Row, table
from programmes import states as enrolment
from programmes.pathway import NEXT

HEAD = "<!-- Printed from the code by `python manage.py write_docs`: change the code, not this page. -->\n"


def permissions_page() -> str:
    """Every URL, its methods, who is let in and where its thing is found; then every permission with its predicate."""
    return permissions_of(table(), {name: wanted.name for name, wanted in doors.permissions().items()})


def permissions_of(rows: Iterable[Row], predicates: Mapping[str, str]) -> str:
    lines = [
        HEAD,
        "# Who may do what",
        "",
        "A person who may not see a thing is answered 404: its finder reaches rows through `visible_to(user)` only.",
        "A person who sees it but lacks the permission is answered 403. The predicates are in each `policy.py`.",
        "",
        "## Addresses",
        "",
        "| address | name | methods | permission | who | the thing is found by |",
        "|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row.path, row.name)):
        if row.path.startswith("admin/") and row.name != "admin:index":
            continue  # some hundred addresses of Django's admin, all behind the one door of its index
        door = row.door
        methods = ", ".join(m for m in door.methods if m != "HEAD") if door else ""
        what = f"`{door.permission}`" if door and door.permission else (door.reason if door else "**no door**")
        scope = f"`{door.scope}`" if door and door.scope and door.kind != "library" else ""
        lines.append(f"| `/{row.path}` | {row.name} | {methods} | {what} | {row.who} | {scope} |")
    lines += ["", "## Permissions", "", "| permission | who |", "|---|---|"]
    lines += [f"| `{name}` | {who} |" for name, who in sorted(predicates.items())]
    return "\n".join(lines) + "\n"


def lives_page() -> str:
    """The life of everything that has states, as diagram and table, and the pathway."""
    lines = [
        HEAD,
        "# Lives",
        "",
        "Each thing that has states has one table in the code; nothing moves but through it.",
        "",
    ]
    lines += _life("An expression of interest", "applications/states.py", bid.LIFE)
    lines += _life("A request to sign", "core/signing/states.py", signing.LIFE)
    lines += _life("An enrolment", "programmes/states.py", enrolment.LIFE)
    lines += [
        "## The pathway",
        "",
        "`programmes/pathway.py`: which stage may follow which.",
        "",
        "```mermaid",
        "stateDiagram-v2",
    ]
    for stage, following in NEXT.items():
        lines += [f"    {stage.value if stage else '[*]'} --> {after.value}" for after in sorted(following)]
    return "\n".join([*lines, "```"]) + "\n"


def _life(what: str, where: str, life: Mapping[tuple[Any, Any], Any]) -> list[str]:
    pairs = [(left, action, to) for (left, action), to in life.items()]
    diagram = ["```mermaid", "stateDiagram-v2", f"    [*] --> {pairs[0][0].value}"]
    for (left, to), moves in groupby(sorted(pairs, key=lambda p: (p[0], p[2])), key=lambda p: (p[0], p[2])):
        diagram.append(f"    {left.value} --> {to.value}: {', '.join(_word(action) for _, action, _ in moves)}")
    rows = [f"| {_word(left)} | {_word(action)} | {_word(to)} |" for left, action, to in pairs]
    return [
        *(f"## {what}", "", f"`{where}`", "", *diagram, "```", ""),
        *("| from | move | to |", "|---|---|---|", *rows, ""),
    ]


def _word(name: StrEnum) -> str:
    label = getattr(name, "label", name.value.replace("_", " "))
    return str(label).lower()


ROOMS = {
    "core": "knows no hub, school or programme",
    "accounts": "who you are",
    "schools": "who takes part",
    "hubs": "who runs it locally",
    "programmes": "what is on offer, and the roll of who is on it",
    "applications": "from interest to decision",
    "reports": "pages that look across rooms; reads only",
    "demo": "the portal with invented people; installed with PORTAL_DEMO only",
    "hubportal": "the project: wiring, no business",
}


def modules_page() -> str:
    """Every module of every room with the sentence it begins with."""
    lines = [
        HEAD,
        "# Every module in a sentence",
        "",
        "From the lowest room to the highest; each knows those before it.",
        "",
    ]
    for room, meaning in ROOMS.items():
        lines += [f"## {room}: {meaning}", ""]
        lines += [f"- `{path}`: {sentence}" for path, sentence in _sentences(settings.BASE_DIR / room)]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _sentences(room: Path) -> Iterable[tuple[str, str]]:
    for path in sorted(room.rglob("*.py")):
        if path.stem in ("__init__", "apps", "urls") or "migrations" in path.parts:
            continue
        words = ast.get_docstring(ast.parse(path.read_text())) or ""
        yield str(path.relative_to(settings.BASE_DIR)), " ".join(words.split("\n\n")[0].split())


PAGES = {"permissions.md": permissions_page, "lives.md": lives_page, "modules.md": modules_page}
