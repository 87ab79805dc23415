"""`make bench`: six figures beside their floors, on a database of its own on the server of `DATABASE_URL`.

The settings are those of production; pages are asked of Django's handler in this process. The last line is one JSON
object. A missed aim is said and is no failure: the status is 0 unless something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from bench.sink import sink
from tests.production import environment, make_seal

NAMES = ("queue", "bid", "form", "import", "pdf", "mail")


@contextmanager
def database(server: str) -> Iterator[str]:
    """A new database on a server, gone when the block ends; gives its address."""
    name = f"bench_{os.getpid()}"

    def run(statement: str) -> None:
        connection = psycopg2.connect(server)
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()

    run(f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        from django.db import connections

        connections.close_all()
        run(f"DROP DATABASE {name} WITH (FORCE)")


def prepare(folder: Path, *, database_url: str, mail_port: int) -> None:
    """Everything that a portal in production stands on, under a folder."""
    redis = os.environ.get("REDIS_URL", "redis://127.0.0.1:9/0")
    known = environment(
        folder,
        DATABASE_URL=database_url,
        REDIS_URL=redis,
        EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
        LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="bench.settings",
    )
    make_seal(folder)
    os.environ.clear()
    os.environ.update(known)
    import django
    from django.core.management import call_command

    django.setup()
    quiet: dict[str, Any] = {"verbosity": 0}
    call_command("migrate", interactive=False, **quiet)
    call_command("createcachetable", **quiet)
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_reference", stdout=nowhere)
    call_command("collectstatic", interactive=False, **quiet)


def run(*, small: bool, only: list[str]) -> dict[str, Any]:
    """Take the figures and say each; gives them by name."""
    from bench import measures, world

    size = measures.SMALL if small else measures.WHOLE
    taken = {"import": measures.register(size)}
    aims = {"import": measures.AIM_OF_THE_REGISTER, **{n: m.aim for n, m in measures.OF_THE_WORLD.items()}}
    made = world.build(forms=size.forms, reminders=size.mails)
    for name, measure in measures.OF_THE_WORLD.items():
        if name in only:
            taken[name] = measure.take(made, size)
    for name in only:
        figure, aim = taken[name], aims[name]
        met = "met" if figure.ratio <= aim else "MISSED"
        asked = "" if figure.queries is None else f"  {figure.queries} queries"
        print(
            f"{name:<7}{figure.ms:>10.1f} ms  floor {figure.floor_ms:>8.1f} ms  "
            f"{figure.ratio:.2f} times, aim at most {aim:.2f}: {met}{asked}"
        )
    return {name: taken[name].as_json() for name in only}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of everything, once: to see that it runs")
    parser.add_argument("--only", default=",".join(NAMES), help="some of the figures, comma between")
    chosen = parser.parse_args()
    only = [name for name in NAMES if name in chosen.only.split(",")]
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        sys.exit("DATABASE_URL must name a PostgreSQL server: make bench starts one.")
    with tempfile.TemporaryDirectory(prefix="portal-bench.") as folder, sink() as port, database(server) as url:
        prepare(Path(folder), database_url=url, mail_port=port)
        figures = run(small=chosen.small, only=only)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
