"""A small tree under the demo's supervisor, for its tests: two sleepers, the first of them vital."""

import sys
from pathlib import Path

from demo.supervisor import Child, Supervisor

SLEEPER = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"


def main(folder: Path) -> int:
    supervisor = Supervisor({}, say=print)
    supervisor.listen()
    try:
        for name in ("web", "worker"):
            child = Child(name, [sys.executable, "-c", SLEEPER, str(folder / name)], vital=name == "web")
            supervisor.start(child)
        return supervisor.watch()
    finally:
        supervisor.end()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
