"""`manage.py demo`: the whole portal with invented people on this machine, started by `make demo`."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import http.client
import io
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from core.clock import real_now
from demo import mail
from demo.clock import stored_day
from demo.models import DemoClock, DemoPerson
from demo.supervisor import Child, Supervisor, free_port, is_free

# The libraries that WeasyPrint loads, and the Debian packages they come in.
LIBRARIES = {
    "libgobject-2.0.so.0": "libpango-1.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


class Command(BaseCommand):
    help = "Set up the demo where it is not yet, then run web, worker, scheduler and mail catcher until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("The demo is started by `make demo`.")
        self._ask_for_libraries()
        if not is_free(settings.PORT):
            raise CommandError(f"Port {settings.PORT} is in use. Another one: make demo PORT={settings.PORT + 1}")
        with (settings.VAR_DIR / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CommandError(f"A demo is already running in {settings.VAR_DIR}.") from None
            raise SystemExit(self._run())

    def _run(self) -> int:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")
        mail_port = free_port()
        environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "PYTHONUNBUFFERED": "1"}
        environment.setdefault(
            "LOG_LEVEL", "WARNING"
        )  # the people stay on the screen; each request would push them off
        supervisor = Supervisor(environment, say=self._say)
        supervisor.listen()
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        try:
            fresh = self._set_up()
            connections.close_all()
            supervisor.start(Child("mail catcher", [*manage, "catch_mail", f"--port={mail_port}"]))
            if fresh:
                self._load_people(supervisor, manage)
            if supervisor.is_over:
                return 0
            supervisor.start(Child("web", _web(), vital=True))
            supervisor.start(Child("worker", _worker()))
            supervisor.start(Child("scheduler", _scheduler()))
            if self._answers(supervisor):
                self._introduce()
            return supervisor.watch()
        finally:
            supervisor.end()

    # --- Before it runs -------------------------------------------------------------------------------------------

    def _ask_for_libraries(self) -> None:
        missing = set()
        for library, package in LIBRARIES.items():
            try:
                ctypes.CDLL(library)
            except OSError:
                missing.add(package)
        if missing and sys.platform == "linux":
            raise CommandError(
                "PDF documents need system libraries that are not here. On Debian or Ubuntu type:\n"
                f"  sudo apt-get install --no-install-recommends {' '.join(sorted(missing))}"
            )

    def _set_up(self) -> bool:
        """Make the database and load the reference data, as far as they are not there; gives whether it was new."""
        self._begin_again_if_half_done()
        fresh = not _is_loaded()
        if fresh:
            self._say("Setting up the demo. This takes a minute or two, the first time only.")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        for ring in settings.BELL_DIR.rglob("*.msg"):  # of an earlier start; the rows are in the database
            ring.unlink(missing_ok=True)
        self._collect_static()
        if not fresh:
            return False
        if get_user_model().objects.exists():
            raise CommandError("This database holds accounts that the demo did not make: the demo leaves it alone.")
        self._say("Loading the reference data: establishment types, authorities, hubs, programmes.")
        call_command("load_reference", verbosity=0, stdout=io.StringIO())
        DemoClock.objects.get_or_create(pk=1)
        return True

    def _load_people(self, supervisor: Supervisor, manage: list[str]) -> None:
        self._say("Loading invented people and their year.")
        status = supervisor.run([*manage, "load_demo"])
        if supervisor.is_over:
            self._say("Ended before the demo data were whole; the next start begins again.")
        elif status:
            raise CommandError("The demo data are not whole; the next start begins again.")
        else:
            DemoClock.objects.filter(pk=1).update(loaded_at=real_now())
            connections.close_all()

    def _begin_again_if_half_done(self) -> None:
        """A first start that was cut short leaves half of the data: on SQLite it is thrown away, nothing else is."""
        name = str(connection.settings_dict["NAME"])
        if connection.vendor != "sqlite" or not Path(name).exists() or _is_loaded():
            return
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        if tables and DemoClock._meta.db_table not in tables:
            raise CommandError(f"{name} is not a database of the demo: the demo leaves it alone.")
        connection.close()
        for end in ("", "-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)
        shutil.rmtree(mail.folder(), ignore_errors=True)
        if settings.STORAGE_DIR.is_relative_to(settings.VAR_DIR):
            shutil.rmtree(settings.STORAGE_DIR, ignore_errors=True)

    def _collect_static(self) -> None:
        """Hash, compress and copy the static files, unless the same ones were the last time."""
        state = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                found = Path(storage.path(path)).stat()
                state.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
        stamp = settings.VAR_DIR / "static.stamp"
        if settings.STATIC_ROOT.is_dir() and stamp.is_file() and stamp.read_text() == state.hexdigest():
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=settings.STATIC_ROOT.is_dir())
        stamp.write_text(state.hexdigest())

    # --- While it runs --------------------------------------------------------------------------------------------

    def _answers(self, supervisor: Supervisor) -> bool:
        """Wait, at most two minutes, until the portal answers."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not supervisor.is_over:
            try:
                asked = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=2)
                asked.request("GET", "/healthz")
                if asked.getresponse().status == 200:
                    return True
            except (OSError, http.client.HTTPException):
                if supervisor.has_lost_a_vital_child:
                    return False
            finally:
                asked.close()
            time.sleep(0.2)
        return False

    def _introduce(self) -> None:
        people = list(DemoPerson.objects.all())
        connections.close_all()
        width = max((len(person.name) for person in people), default=0)
        address = max((len(person.email) for person in people), default=0)
        today = stored_day()
        connections.close_all()
        lines = [
            "",
            f"  The portal:  {settings.SITE_URL}",
            f"  Its outbox:  {settings.SITE_URL}/demo/outbox/",
            "",
            f"  Today is {today:%A} {today.day} {today:%B %Y} here; the bar on every page moves it on.",
            "",
            "  To sign in as one of these people, give the address on the sign-in page and take the six-digit code",
            "  from the outbox:",
            "",
            *(f"    {p.name:<{width}}  {p.email:<{address}}  {p.plays}" for p in people),
            "",
            "  Ctrl-C ends everything. The data stay; `make demo-reset` begins again.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _say(self, words: str) -> None:
        self.stdout.write(f"demo: {words}")
        self.stdout.flush()


def _is_loaded() -> bool:
    with connection.cursor() as cursor:
        if DemoClock._meta.db_table not in connection.introspection.table_names(cursor):
            return False
    return DemoClock.objects.filter(loaded_at__isnull=False).exists()


def _web() -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "hubportal.wsgi", "--bind", f"127.0.0.1:{settings.PORT}"),
        *("--workers", "2", "--threads", "4", "--worker-class", "gthread", "--graceful-timeout", "5"),
        *("--no-control-socket", "--log-level", "warning"),
    ]


def _worker() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "hubportal", "worker", "--pool=solo", "-l", "WARNING"),
        *("--without-mingle", "--without-gossip"),
    ]


def _scheduler() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "hubportal", "beat", "-l", "WARNING", "--pidfile="),
        *("-s", str(settings.VAR_DIR / "beat")),
    ]
