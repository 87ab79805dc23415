"""A school answers its offer: by the mailed link or signed in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import ExpressionOfInterest, Nominee, Round
from applications.services import answering, deciding
from applications.services.answering import SignaturesMissing, TrnMissing
from applications.states import NotAllowed, State
from core.links.models import Link
from core.notifications.models import Message
from core.secrets import decrypt
from programmes.models import Enrolment
from schools.models import SchoolMembership, SchoolRole
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, a_lead_of, sign
from tests.factories.hubs import HubMembershipFactory
from tests.factories.programmes import EditionFactory
from tests.factories.schools import SchoolFactory, SchoolMembershipFactory

pytestmark = pytest.mark.django_db

TRNS = {"nominees__lead_1": {"trn_reason": "do_not_know"}, "nominees__lead_2": {"trn_reason": "none_yet"}}


def _offered(**kwargs: Any) -> ExpressionOfInterest:
    eoi = ExpressionOfInterestFactory(**{**TRNS, "submitted": True, **kwargs})
    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)
    eoi.refresh_from_db()
    return eoi


def _open(client: Client, eoi: ExpressionOfInterest, to: str = "head@") -> str:
    """Open the mailed link as its person does; the address of the page behind it."""
    message = Message.objects.filter(subject_id=eoi.pk, to_email__startswith=to).exclude(secret="").latest("created_at")
    response = client.get(decrypt(message.secret).replace("http://127.0.0.1:8000", ""))
    response = client.post(response.headers["Location"])
    page: str = response.headers["Location"]
    return page


def test_the_offer_names_the_teachers_whose_numbers_are_asked_for_and_else_takes_a_minute() -> None:
    complete, lacking = _offered(), _offered(nominees__lead_1={})

    said = [Message.objects.get(subject_id=each.pk, to_email__startswith="head@").text for each in (complete, lacking)]

    assert "It takes a minute." in said[0]
    assert "teacher reference number" not in said[0]
    assert "teacher reference number of Amira Khan, not given yet. “I do not know it” is an answer too." in said[1]
    assert "It takes a minute" not in said[1]


def test_the_offer_of_a_primary_programme_says_which_release_it_asks_for(client: Client) -> None:
    eoi = _offered(round__edition=EditionFactory(primary=True), school=SchoolFactory(primary=True))

    page = client.get(_open(client, eoi)).content.decode()

    assert "Release to give</dt><dd>6 half-day meetings in the year" in page


def test_accepting_puts_the_school_on_the_roll_with_its_two_advocates() -> None:
    eoi = _offered()

    answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW)

    enrolment = Enrolment.objects.get()
    assert (enrolment.school, enrolment.edition, enrolment.hub, enrolment.eoi_id) == (
        eoi.school,
        eoi.edition,
        eoi.round.hub,
        eoi.pk,
    )
    assert sorted((a.teacher.name, a.senior) for a in enrolment.advocates.all()) == [
        ("Amira Khan", True),
        ("Tom Ellis", False),
    ]
    assert Round.objects.get(pk=eoi.round_id).places_held == 1


def test_accepting_waits_for_every_signature() -> None:
    eoi = _offered(submitted=False, signing=True)

    with pytest.raises(SignaturesMissing, match="Helen Carter"):
        answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW)
    sign(eoi)
    answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW)

    eoi.refresh_from_db()
    assert eoi.state == State.ACCEPTED


def test_accepting_waits_for_each_reference_number_or_its_reason() -> None:
    eoi = _offered(nominees__lead_1={}, nominees__lead_2={})

    with pytest.raises(TrnMissing, match="Amira Khan and Tom Ellis"):
        answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW)
    answering.accept(
        eoi_id=eoi.pk,
        by=None,
        by_name="Helen Carter",
        now=NOW,
        trns={"lead_1": ("1234567", ""), "lead_2": ("", "none_yet")},
    )

    first = Nominee.objects.get(eoi=eoi, position="lead_1")
    assert decrypt(first.trn_encrypted) == "1234567"


def test_after_the_answer_by_moment_nothing_is_accepted() -> None:
    eoi = _offered()

    with pytest.raises(NotAllowed):
        answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=eoi.answer_by)
    answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=eoi.answer_by - timedelta(seconds=1))


def test_refusing_frees_the_place_and_tells_the_lead_who_is_first_in_reserve() -> None:
    eoi = _offered()
    reserve = ExpressionOfInterestFactory(round=eoi.round, reserve=True)

    answering.refuse(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW, reason="No cover.")

    assert Round.objects.get(pk=eoi.round_id).places_held == 0
    assert reserve.school.name in Message.objects.get(kind="applications.for_the_hub").text
    assert not Enrolment.objects.exists()


def test_the_people_of_the_place_get_their_roles() -> None:
    eoi = _offered()

    answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW)

    roles = SchoolMembership.objects.filter(school=eoi.school).values_list("role", "user__email")
    host = f"s{eoi.school_id}.example"
    assert set(roles) == {
        ("head", f"head@{host}"),
        ("head_of_department", f"j.marsh@{host}"),
        ("advocate", f"a.khan@{host}"),
        ("advocate", f"t.ellis@{host}"),
        ("coordinator", eoi.begun_by.email),
    }


def test_the_head_accepts_by_the_mailed_link_and_the_same_link_then_shows_the_receipt(client: Client) -> None:
    eoi = _offered()
    page = _open(client, eoi)

    assert eoi.school.name in client.get(page).content.decode()
    response = client.post(page, {"answer": "accept", "name": "Helen Carter"}, follow=True)

    page_now = " ".join(response.content.decode().split())
    assert "The place is accepted" in page_now
    assert "offers a place" not in page_now
    assert 'class="app-done"' in page_now
    eoi.refresh_from_db()
    assert (eoi.state, eoi.answered_by_name) == (State.ACCEPTED, "Helen Carter")


def test_once_one_has_answered_the_other_link_says_who_and_when_and_offers_no_new_link(client: Client) -> None:
    eoi = _offered()
    page = _open(client, eoi, to="j.marsh@")
    answering.accept(eoi_id=eoi.pk, by=None, by_name="Helen Carter", now=NOW)

    again = client.get(_open(client, eoi, to="j.marsh@"))

    said = " ".join(again.content.decode().split())
    assert again.status_code == 200
    assert "Helen Carter accepted the place" in said
    assert "Thursday 18 March 2027, 10:42am" in said
    assert "new link" not in said
    assert client.post(page, {"answer": "refuse", "name": "Jo Marsh"}).status_code == 200
    assert not Link.objects.filter(kind="applications.answer_offer", subject_id=eoi.pk, ended_at=None).exists()
    eoi.refresh_from_db()
    assert eoi.state == State.ACCEPTED


@pytest.mark.parametrize(("name", "said"), [("lapse", "has lapsed"), ("take_back", "has taken its offer")])
def test_the_link_of_an_offer_that_is_over_says_so_and_opens_nothing_once_there_is_a_new_offer(
    client: Client, name: str, said: str
) -> None:
    eoi = _offered()
    page = _open(client, eoi)
    lead, later = a_lead_of(eoi), eoi.answer_by
    if name == "lapse":
        deciding.lapse_offer(eoi_id=eoi.pk, now=later)
    else:
        deciding.take_back(eoi_id=eoi.pk, by=lead, now=NOW, words="A mistake.")

    over = client.get(page)
    deciding.offer(eoi_id=eoi.pk, by=lead, now=later)

    assert said in over.content.decode()
    assert client.get(page).status_code == 410


def test_pressing_every_button_without_typing_answers_nothing(client: Client) -> None:
    eoi = _offered()
    page = _open(client, eoi)

    for post in ({}, {"answer": "accept"}, {"answer": "accept", "name": ""}, {"answer": "refuse", "name": " "}):
        assert client.post(page, post).status_code == 422

    eoi.refresh_from_db()
    assert eoi.state == State.OFFERED


def test_the_page_asks_for_the_numbers_there_and_then(client: Client) -> None:
    eoi = _offered(nominees__lead_1={}, nominees__lead_2={})
    page = _open(client, eoi)

    refused = client.post(page, {"answer": "accept", "name": "Helen Carter"})
    assert "Enter the number of Amira Khan, or choose why it is left out" in refused.content.decode()
    taken = client.post(
        page,
        {"answer": "accept", "name": "Helen Carter", "trn_lead_1": "RP 12/34567", "trn_reason_lead_2": "do_not_know"},
    )

    assert taken.status_code == 302
    assert decrypt(Nominee.objects.get(eoi=eoi, position="lead_1").trn_encrypted) == "1234567"


def test_the_link_opens_nothing_in_a_browser_that_never_opened_it(client: Client) -> None:
    eoi = _offered()
    page = _open(client, eoi)

    stranger = Client().get(page)

    assert eoi.school.name not in stranger.content.decode()


def test_a_coordinator_answers_signed_in_and_others_do_not(client: Client) -> None:
    eoi = _offered()
    url = reverse("applications:answer", args=[eoi.pk])

    client.force_login(eoi.begun_by)  # works on the form, coordinates nothing yet
    assert client.get(url).status_code == 403
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    client.force_login(HubMembershipFactory(hub=eoi.round.hub).user)
    assert client.get(url).status_code == 403
    coordinator = SchoolMembershipFactory(school=eoi.school, role=SchoolRole.COORDINATOR, user__name="Sam Osei").user
    client.force_login(coordinator)
    assert client.get(url).status_code == 200
    refused = client.post(url, {"answer": "accept", "name": "Somebody Else"})
    assert (refused.status_code, "Only Sam Osei can answer here" in refused.content.decode()) == (422, True)
    assert client.post(url, {"answer": "accept", "name": "Sam Osei"}).status_code == 302
    eoi.refresh_from_db()
    assert eoi.state == State.ACCEPTED


def test_the_letter_names_the_last_minute_and_keeps_the_link_out_of_the_kept_text() -> None:
    eoi = _offered()

    message = Message.objects.filter(subject_id=eoi.pk, to_email__startswith="head@").get()

    assert "Thursday 1 April 2027, 11:59pm" in message.text
    assert "((personal link))" in message.text
    assert not re.search(r"/l/[A-Za-z0-9_-]{20}", message.text)
