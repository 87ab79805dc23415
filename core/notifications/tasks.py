"""What the worker does when the bell rings, and every ten seconds besides."""

from __future__ import annotations

from celery import shared_task

from core.notifications import delivery


@shared_task(name="core.notifications.tasks.drain")
def drain() -> None:
    """Send what is due. May run twice, at once, or after a crash: each row is claimed by one drain."""
    delivery.drain()
