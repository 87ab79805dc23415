"""Making the documents that wait."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init

from core.documents import jobs

MEMORY = 512 << 20


@shared_task
def make_documents() -> None:
    """Every ten seconds and when rung for. Safe to run twice: each job is claimed by one."""
    jobs.make_waiting()


@worker_process_init.connect
def limit_memory(**kwargs: Any) -> None:
    """A child of the prefork pool may take 512 MiB beyond what it starts with; the demo's solo worker has no limit."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
