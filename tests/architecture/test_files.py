"""What no file may hold: addresses in locks, paths of one machine, roads round the house rules."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.ground import ROOT, files

MACHINE_PATH = re.compile(r"(?:^|[^a-zA-Z0-9_./-])/(?:work|root|farm|home/[a-z]+)/")
READ = (".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".json", ".html", ".css", ".js", ".scss", ".cfg", ".sh", "")

# In code: what it is, where it is looked for, and where it may stand all the same.
ROADS_ROUND = {
    "mark_safe": (re.compile(r"\bmark_safe\b"), ".py"),
    "the safe filter": (re.compile(r"\|\s*safe\b|{%\s*autoescape off"), ".html"),
    "raw SQL through a manager": (re.compile(r"\.raw\(|\.extra\("), ".py"),
    "a form with all fields": (re.compile(r"""fields\s*=\s*["']__all__["']"""), ".py"),
    "a view exempt from CSRF protection": (re.compile(r"\bcsrf_exempt\b"), ".py"),
    "a second clock": (re.compile(r"\btimezone\.now\(|\bdate\.today\(|\bdatetime\.(?:now|utcnow|today)\("), ".py"),
    "an inline style or script": (re.compile(r"<style\b|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=[\"']"), ".html"),
}
MAY = {
    "a view exempt from CSRF protection": {
        "core/doors.py",  # reads the mark, sets none
        "core/notifications/views.py",  # one click in a mail program, which can hold no token of ours
    },
    "a second clock": {"core/clock.py"},  # the real time itself
    "an inline style or script": {"templates/layouts/email.html", "templates/layouts/document.html"},
}


def addresses(of: Iterable[Path]) -> list[str]:
    return [
        f"{path.name}:{n}" for path in of for n, line in enumerate(path.read_text().splitlines(), 1) if "://" in line
    ]


def lines_with(pattern: re.Pattern[str], of: Iterable[Path]) -> list[str]:
    found = []
    for path in of:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path}:{n}: {line.strip()[:120]}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)
        ]
    return found


def code(end: str, *, but: Iterable[str] = ()) -> list[Path]:
    """Our code with this ending; tests, and files named, left out."""
    left_out = {ROOT / name for name in but}
    return [p for p in files(end) if p not in left_out and not {"tests", "frontend", "static", "bench"} & set(p.parts)]


def test_lock_files_hold_no_address():
    locks = [*(ROOT / "requirements").glob("*.txt"), *(ROOT / "frontend").glob("package-lock.json")]

    assert {path.name for path in locks} >= {"base.txt", "dev.txt", "uv.txt"}
    assert addresses(locks) == []


def test_an_address_planted_in_a_lock_file_is_found(tmp_path):
    lock = tmp_path / "base.txt"
    lock.write_text("django==5.2\n--index-url https://mirror.example/simple\n")

    assert addresses([lock]) == ["base.txt:2"]


def test_no_file_names_a_path_of_one_machine():
    assert lines_with(MACHINE_PATH, [p for p in files() if p.suffix in READ and p != Path(__file__)]) == []


def test_a_planted_path_of_one_machine_is_found(tmp_path):
    planted = tmp_path / "a.py"
    planted.write_text('PLACE = "/home/' + 'somebody/portal"\n')

    assert len(lines_with(MACHINE_PATH, [planted])) == 1


@pytest.mark.parametrize("what", ROADS_ROUND)
def test_the_code_takes_no_road_round_the_rules(what):
    pattern, end = ROADS_ROUND[what]

    assert lines_with(pattern, code(end, but=MAY.get(what, ()))) == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("mark_safe", "return mark_safe(name)"),
        ("the safe filter", "{{ name|safe }}"),
        ("the safe filter", "{% autoescape off %}"),
        ("raw SQL through a manager", 'School.objects.raw("SELECT 1")'),
        ("a form with all fields", '        fields = "__all__"'),
        ("a view exempt from CSRF protection", "@csrf_exempt"),
        ("a second clock", "    moment = timezone.now()"),
        ("a second clock", "    day = date.today()"),
        ("an inline style or script", '<p style="color: red">'),
        ("an inline style or script", "<script>go()</script>"),
        ("an inline style or script", '<button onclick="go()">'),
    ],
)
def test_a_planted_road_round_the_rules_is_found(tmp_path, what, line):
    pattern, end = ROADS_ROUND[what]
    planted = tmp_path / f"planted{end}"
    planted.write_text(f"{line}\n")

    assert len(lines_with(pattern, [planted])) == 1
