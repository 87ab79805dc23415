"""The tree in docs/architecture.md is the tree of the repository."""

import re
from pathlib import Path

from tests.architecture.ground import ROOT, files

LINE = re.compile(r"^(?P<indent> *)(?P<names>\S.*?)(?: {2,}\S.*)?$")
PAGE = ROOT / "docs" / "architecture.md"
NOT_NAMED = {".gitignore", ".gitattributes"}


def printed(page: str) -> list[str]:
    """The paths that the page's first block names: two spaces a level, several names by commas, folders by a slash."""
    found: list[str] = []
    above: list[tuple[int, str]] = []
    for line in page.split("```\n", 2)[1].splitlines():
        match = LINE.match(line)
        if not match:
            continue
        indent, names = len(match["indent"]), match["names"].split(", ")
        while above and above[-1][0] >= indent:
            above.pop()
        folder = above[-1][1] if above else ""
        found += [folder + name for name in names]
        if names[-1].endswith("/"):
            above.append((indent, folder + names[-1]))
    return found


def missing_from(page: str, root: Path) -> list[str]:
    """What the page names that is not there; var/ is made at run time."""
    return [name for name in printed(page) if name != "var/" and not (root / name).exists()]


def unnamed_by(page: str, top: set[str]) -> set[str]:
    """What stands at the top of the repository and the page does not name."""
    return top - {name.split("/")[0] for name in printed(page)} - NOT_NAMED


def test_what_the_page_names_is_there():
    assert missing_from(PAGE.read_text(), ROOT) == []


def test_the_page_names_everything_at_the_top():
    assert unnamed_by(PAGE.read_text(), {path.relative_to(ROOT).parts[0] for path in files()}) == set()


def test_what_is_gone_or_new_is_found():
    page = "# x\n```\nschools/  who takes part\n  search.py, gone.py  by name\n```\n"

    assert missing_from(page, ROOT) == ["schools/gone.py"]
    assert unnamed_by(page, {"schools", "planted"}) == {"planted"}
