"""From the commit to the mail through a real Celery worker."""

from __future__ import annotations

import time

import pytest
from django.db import transaction

from core.notifications import bell
from core.notifications.models import Message, State
from core.notifications.outbox import Mail, post
from tests.clock import NOW
from tests.factories.notifications import KIND
from tests.processes import child

WORKER = ("-m", "celery", "-A", "hubportal.celery", "worker", "--pool=solo", "-l", "WARNING", "--without-mingle")
KINDS = ("--without-gossip", "-I", "tests.factories.notifications")


@pytest.mark.django_db(transaction=True)
def test_a_committed_message_rings_the_bell_and_the_worker_sends_it(mail_server):
    bell._bell = bell._Bell()
    with child(*WORKER, *KINDS, mail_server=mail_server):
        with transaction.atomic():
            post(Mail(KIND.name, "Helen", "h@school.example", "A note", "A note."), key="a", now=NOW)
        mail_server.wait_for(1, seconds=120)
        for _ in range(100):
            if Message.objects.filter(state=State.SENT).exists():
                break
            time.sleep(0.1)

    assert Message.objects.get().state == State.SENT
    assert [mail["Subject"] for mail in mail_server.taken] == ["A note"]
