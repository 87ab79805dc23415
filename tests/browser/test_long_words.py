"""Words without a space, as long as their fields take: no page grows wider than its screen."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.models import Nominee, Note
from applications.services import deciding, sending
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, a_lead_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_NAMES = {
    f"nominees__{position}": {"name": letter * 120} for position, letter in zip(Nominee.Position, "ABCD", strict=True)
}


@pytest.fixture
def fits(page, live_server):
    """Looks at a page as somebody, on a phone and on a screen."""

    def look(user, path):
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto(path)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"

    return look


def test_a_name_without_a_space_keeps_to_the_page(fits):
    user = UserFactory(name="Amira Khan", email="a.khan@larkhill.gloucs.example")
    eoi = ExpressionOfInterestFactory(begun_by=user, **LONG_NAMES)
    fits(user, reverse("applications:task_list", args=[eoi.pk]))
    fits(user, reverse("applications:check_answers", args=[eoi.pk]))
    sending.send_for_signature(eoi_id=eoi.pk, by=user, now=NOW)
    fits(user, reverse("applications:task_list", args=[eoi.pk]))


def test_a_note_and_words_without_a_space_keep_to_the_page(fits):
    eoi = ExpressionOfInterestFactory(submitted=True, **LONG_NAMES)
    lead = a_lead_of(eoi)
    Note.objects.create(eoi=eoi, by=lead, at=NOW, text="n" * 2000)
    fits(lead, reverse("applications:bid", args=[eoi.pk]))
    deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW, words="w" * 2000)
    fits(lead, reverse("applications:bid", args=[eoi.pk]))
    fits(eoi.begun_by, reverse("applications:task_list", args=[eoi.pk]))
