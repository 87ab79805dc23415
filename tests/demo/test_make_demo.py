"""The demo as a person starts it: `make demo` on an empty folder."""

import http.cookiejar
import os
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.supervisor import free_port, is_free
from tests.architecture.ground import ROOT
from tests.production import OURS

pytestmark = pytest.mark.long
LEFT_OUT = {*OURS, "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "http_proxy", "HTTP_PROXY"}


class Demo:
    """`make demo` in a session of its own, so that a Ctrl-C can be sent to all that a terminal would reach."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        self.make: subprocess.Popen | None = None

    def start(self, *, within: float) -> float:
        """Start, and give the seconds until the people were introduced."""
        began = time.monotonic()
        env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        with (self.folder.parent / "log").open("w") as log:
            self.make = subprocess.Popen(
                ["make", "demo", f"DEMO_DIR={self.folder}", f"PORT={self.port}"],
                cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        while "Ctrl-C ends everything" not in self.said:
            assert self.make.poll() is None and time.monotonic() - began < within, self.said
            time.sleep(0.2)
        return time.monotonic() - began

    @property
    def said(self) -> str:
        return (self.folder.parent / "log").read_text()

    @property
    def mails(self) -> int:
        return len(list((self.folder / "mail").glob("*.eml")))

    def processes(self) -> list[str]:
        """What runs with this demo's folder in its environment."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"VAR_DIR={self.folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    def end(self) -> None:
        """Ctrl-C."""
        os.killpg(self.make.pid, signal.SIGINT)
        self.make.wait(20)


@pytest.fixture
def demo(tmp_path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo")
    yield demo
    if demo.make is not None and demo.make.poll() is None:
        demo.end()


def test_make_demo_serves_delivers_ends_whole_and_starts_again_in_seconds(demo):
    demo.start(within=400)

    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = browser.open(f"{demo.site}/sign-in", timeout=10).read().decode()
    before = demo.mails
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "email": "somebody.new@school.example"})
    browser.open(f"{demo.site}/sign-in", form.encode(), timeout=10)
    deadline = time.monotonic() + 30
    while demo.mails == before and time.monotonic() < deadline:
        time.sleep(0.2)
    assert demo.mails > before, "the worker did not deliver the code"
    assert len(demo.processes()) >= 5  # supervisor, mail catcher, web with its workers, worker, scheduler
    mails = demo.mails

    demo.end()

    assert demo.processes() == []
    assert is_free(demo.port)

    seconds = demo.start(within=60)

    assert seconds < 30
    assert demo.mails >= mails  # the data stay, and what the first start had not yet sent goes out
    assert browser.open(f"{demo.site}/", timeout=10).status == 200


def test_killing_the_supervisor_outright_ends_everything(demo):
    demo.start(within=400)
    supervisor = next(p for p in Path("/proc").glob("[0-9]*") if _is_supervisor(p, demo.folder))

    os.kill(int(supervisor.name), signal.SIGKILL)

    deadline = time.monotonic() + 30
    while demo.processes() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert demo.processes() == []


def _is_supervisor(process: Path, folder: Path) -> bool:
    try:
        ours = f"VAR_DIR={folder}".encode() in (process / "environ").read_bytes().split(b"\0")
        return ours and (process / "cmdline").read_text().split("\0")[1:3] == ["manage.py", "demo"]
    except OSError:
        return False
