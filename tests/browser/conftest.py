"""A real browser with the policy on: `page` gathers what the console complains of, `axe` says what keeps people out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread; the ORM would refuse beside it
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is wrong comes back from the browser: the whole report would take as long as the look itself.
FAULTS = """rules => axe.run(document, {resultTypes: ["violations"], runOnly: rules}).then(found =>
  found.violations.flatMap(fault => fault.nodes.map(node => [fault.id, node.html.slice(0, 160)])))"""
TELL = """document.addEventListener("securitypolicyviolation", e =>
  console.error("policy: " + e.violatedDirective + " " + e.blockedURI))"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's own Chromium, started once."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("Chromium is needed: apt-get install chromium")
    options = {"executable_path": program, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}
    with sync_playwright() as playwright, playwright.chromium.launch(**options) as browser:
        yield browser


@pytest.fixture
def new_page(chromium: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a browser context of its own: `new_page(viewport={"width": 360, "height": 740})`."""
    contexts = []

    def make(**options: Any) -> Page:
        mark = request.node.get_closest_marker("context")
        usual = {
            "base_url": live_server.url,
            "viewport": {"width": 1280, "height": 900},
            "locale": "en-GB",
            "timezone_id": "Europe/London",
            "reduced_motion": "reduce",
        }
        context = chromium.new_context(**{**usual, **(mark.kwargs if mark else {}), **options})
        contexts.append(context)
        context.add_init_script(TELL)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.problems = []  # type: ignore[attr-defined]
        page.on(
            "console",
            lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else None,  # type: ignore[attr-defined]
        )
        page.on("pageerror", lambda e: page.problems.append(str(e)))  # type: ignore[attr-defined]
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page; end each test with `assert page.problems == []`."""
    return new_page()


@pytest.fixture
def axe() -> Callable[[Page], list[tuple[str, str]]]:
    """`axe(page)` gives (rule, element) pairs, none when all is well; it goes in by the debugger, past no policy."""

    def run(page: Page) -> list[tuple[str, str]]:
        page.wait_for_load_state()  # after a click the page may be half read
        if not page.evaluate("'axe' in window"):
            debugger = page.context.new_cdp_session(page)
            debugger.send("Runtime.evaluate", {"expression": AXE})
            debugger.detach()
        return [(rule, element) for rule, element in page.evaluate(FAULTS, RULES)]

    return run
