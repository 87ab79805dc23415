"""Runs the demo's processes as one tree: what ends the supervisor ends all of it, and a dead worker starts again."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
PR_SET_PDEATHSIG = 1
LOOK_EVERY, START_AGAIN_AFTER, END_WITHIN = 0.2, 1.0, 10.0


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server may take this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def follow_parent(parent: int) -> None:
    """In the child, before exec: the kernel sends SIGTERM when the parent dies, by whatever signal."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)


@dataclass
class Child:
    """One process of the tree. `vital`: when it dies, everything ends; else it is started again."""

    name: str
    command: list[str]
    vital: bool = False
    process: subprocess.Popen[bytes] | None = None
    died_at: float | None = None


@dataclass
class Supervisor:
    """Starts children, watches them, ends them in the reverse order. Use it from the main thread only: the kernel's
    death signal follows the thread that forked."""

    environment: Mapping[str, str]
    say: Callable[[str], object]
    children: list[Child] = field(default_factory=list)
    _over: str = ""

    def start(self, child: Child) -> None:
        """Start a child in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        parent = os.getpid()
        child.process = subprocess.Popen(
            child.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: follow_parent(parent),
        )
        child.died_at = None
        if child not in self.children:
            self.children.append(child)

    def run(self, command: list[str]) -> int:
        """Run a command to its end, or end it when everything is to end; gives its exit status."""
        child = Child("", command)
        self.start(child)
        assert child.process is not None
        while child.process.poll() is None and not self._over:
            time.sleep(LOOK_EVERY)
        self.children.remove(child)
        if child.process.poll() is None:
            _end([child.process])
        return child.process.wait()

    def listen(self) -> None:
        """End in order on Ctrl-C, on a plain kill, and when the terminal goes."""

        def stop(number: int, frame: FrameType | None) -> None:
            self._over = self._over or signal.Signals(number).name

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    @property
    def is_over(self) -> bool:
        return bool(self._over)

    @property
    def has_lost_a_vital_child(self) -> bool:
        return any(c.vital and c.process is not None and c.process.poll() is not None for c in self.children)

    def watch(self) -> int:
        """Until a signal, or until a vital child dies; gives the exit status: 0, or 1 for a death."""
        while not self._over:
            for child in self.children:
                if not self._watch(child):
                    return 1
            time.sleep(LOOK_EVERY)
        return 0

    def _watch(self, child: Child) -> bool:
        if child.process is None or child.process.poll() is None:
            return True
        if child.vital:
            self.say(f"{child.name} ended with status {child.process.returncode}: ending everything.")
            return False
        if child.died_at is None:
            child.died_at = time.monotonic()
            self.say(f"{child.name} ended with status {child.process.returncode}: starting it again.")
        elif time.monotonic() - child.died_at >= START_AGAIN_AFTER:
            self.start(child)
        return True

    def end(self) -> None:
        """SIGTERM to every child's group, the last started first; SIGKILL to what is left after ten seconds."""
        _end([c.process for c in reversed(self.children) if c.process is not None and c.process.poll() is None])


def _end(alive: list[subprocess.Popen[bytes]]) -> None:
    for process in alive:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + END_WITHIN
    for process in alive:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
