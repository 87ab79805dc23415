import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.ground import ROOT


def wait_for(what, *, seconds: float = 20):
    """The first true answer of a question asked again and again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Tree:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.supervisor = subprocess.Popen([sys.executable, "-m", "tests.demo.supervised", folder], cwd=ROOT)
        self.web, self.worker = self.pid("web"), self.pid("worker")

    def pid(self, name: str, *, but: int = 0) -> int:
        path = self.folder / name
        return wait_for(lambda: path.exists() and path.read_text() and (p := int(path.read_text())) != but and p)


@pytest.fixture
def tree(tmp_path) -> Iterator[Tree]:
    tree = Tree(tmp_path)
    yield tree
    for pid in (tree.supervisor.pid, tree.web, tree.worker):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
    tree.supervisor.wait(10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_whole_tree_in_order(tree, number):
    tree.supervisor.send_signal(number)

    assert tree.supervisor.wait(15) == 0
    assert not is_alive(tree.web)
    assert not is_alive(tree.worker)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")
def test_a_supervisor_killed_outright_takes_the_tree_with_it(tree):
    tree.supervisor.kill()

    wait_for(lambda: not is_alive(tree.web) and not is_alive(tree.worker))


def test_a_killed_worker_is_started_again(tree):
    os.kill(tree.worker, signal.SIGKILL)

    again = tree.pid("worker", but=tree.worker)
    assert is_alive(again)
    assert is_alive(tree.web)
    tree.worker = again


def test_when_the_web_process_dies_everything_ends_and_says_so(tree):
    os.kill(tree.web, signal.SIGKILL)

    assert tree.supervisor.wait(15) == 1
    assert not is_alive(tree.worker)
