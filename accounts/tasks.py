"""What is tidied away by the clock."""

from __future__ import annotations

from celery import shared_task

from accounts import services
from core import clock


@shared_task
def tidy() -> None:
    """Every hour, and safe to run twice: remove people who never came, and sessions that are over."""
    services.remove_unverified(real_now=clock.real_now())
    services.forget_ended_sessions(real_now=clock.real_now())
