"""The Celery app and its timetable. Celery only rings the bell: the database is the queue."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")

from django.conf import settings

from hubportal import bell

app = Celery("hubportal")
app.set_default()  # else every thread but this one rings an app of no settings
app.conf.update(
    broker_url=settings.REDIS_URL or f"{bell.NAME}://localhost//",
    task_ignore_result=True,
    accept_content=["json"],
    task_serializer="json",
    task_default_queue="portal",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=120,
    task_time_limit=150,
    task_publish_retry=False,
    broker_connection_timeout=1,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_soft_shutdown_timeout=10,
    worker_enable_soft_shutdown_on_idle=True,
    worker_hijack_root_logger=False,
    timezone="Europe/London",
    beat_schedule={
        "drain": {"task": "core.notifications.tasks.drain", "schedule": 10.0, "options": {"expires": 10}},
        "documents": {"task": "core.documents.tasks.make_documents", "schedule": 10.0, "options": {"expires": 10}},
        "tidy": {"task": "accounts.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
        "due": {"task": "applications.tasks.look_for_due_work", "schedule": 300.0, "options": {"expires": 300}},
    },
)
if settings.REDIS_URL:
    app.conf.broker_transport_options = {
        "visibility_timeout": 600,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 30,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
else:
    for folder in (settings.BELL_DIR / "queue", settings.BELL_DIR / "control"):
        folder.mkdir(parents=True, exist_ok=True)
    app.conf.broker_transport_options = {
        "data_folder_in": str(settings.BELL_DIR / "queue"),
        "data_folder_out": str(settings.BELL_DIR / "queue"),
        "control_folder": str(settings.BELL_DIR / "control"),
        "polling_interval": 0.2,
    }
app.autodiscover_tasks(["core.notifications", "core.documents", "accounts", "applications", "schools"])
