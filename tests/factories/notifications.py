"""Messages in every state, and a kind for tests."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from core import clock
from core.notifications import kinds
from core.notifications.models import Message, State
from tests.clock import NOW

KIND = kinds.Kind("tests.note", essential=True)
OPTIONAL = kinds.Kind("tests.reminder", essential=False, title="reminders")
FIRST = kinds.Kind("tests.code", essential=True, first=True)
kinds.register(KIND)
kinds.register(FIRST)
kinds.register(OPTIONAL)


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message
        skip_postgeneration_save = True

    key = factory.LazyFunction(lambda: f"tests.note:{uuid4()}:sent:nobody")
    kind = KIND.name
    to_name = "Helen Carter"
    to_email = "h.carter@school.example"
    from_name = "GLOW Maths Hub"
    subject = "A note"
    text = "Dear Helen,\n\nThis is a note.\n"
    created_at = NOW
    due_at = NOW

    class Params:
        leased = factory.Trait(
            state=State.LEASED,
            lease=factory.LazyFunction(uuid4),
            leased_until=factory.LazyFunction(lambda: clock.real_now() + timedelta(seconds=60)),
            attempts=1,
            first_tried_at=NOW,
        )
        lapsed = factory.Trait(
            state=State.LEASED,
            lease=factory.LazyFunction(uuid4),
            leased_until=factory.LazyFunction(lambda: clock.real_now() - timedelta(seconds=1)),
            attempts=1,
            first_tried_at=NOW,
        )
        sent = factory.Trait(
            id=factory.LazyFunction(uuid4),
            state=State.SENT,
            sent_at=NOW,
            sent_as=factory.SelfAttribute("id"),
            attempts=1,
        )
