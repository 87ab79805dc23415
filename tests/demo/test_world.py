"""What the demo promises of its people holds on its first day."""

import pytest
from django.core.management import call_command

from applications.models import ExpressionOfInterest
from applications.services import sending
from core.signing.models import SignatureRequest
from demo.models import DemoPerson
from tests.clock import NOW

pytestmark = [pytest.mark.long, pytest.mark.django_db]


@pytest.fixture
def world(settings):
    settings.PORTAL_DEMO = True
    for command in ("load_reference", "load_demo"):
        call_command(command)


def test_the_readme_names_everybody_whom_one_can_be(world, settings):
    told = (settings.BASE_DIR / "README.md").read_text().replace("’", "'")

    for person in DemoPerson.objects.all():
        assert f"| {person.email} |" in told, person
        assert f"| {person.worth_seeing} |".replace("’", "'") in told, person
    assert told.count(".example |") == DemoPerson.objects.count()


def test_who_waits_for_the_head_may_send_the_reminder_that_is_promised(world):
    form = ExpressionOfInterest.objects.get(begun_by__email="asha.pillai@severn.example")
    head = SignatureRequest.objects.get(subject_id=form.pk, state="asked")

    sending.remind(request_id=head.pk, by=form.begun_by, now=NOW)

    head.refresh_from_db()
    assert head.reminded_at == NOW
