"""One bid on one screen."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from applications.documents import COMMITMENT
from applications.models import ExpressionOfInterest, Note, Round
from applications.states import State
from core.signing import services as signing
from core.signing.models import SignatureRequest
from hubs.models import HubRole
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, a_lead_of, sign
from tests.factories.documents import store_document
from tests.factories.hubs import HubMembershipFactory
from tests.factories.notifications import MessageFactory
from tests.queries import queries
from tests.rendered import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def eoi() -> ExpressionOfInterest:
    return ExpressionOfInterestFactory(submitted=True)


@pytest.fixture
def lead(client: Client, eoi: ExpressionOfInterest) -> Client:
    client.force_login(a_lead_of(eoi))
    return client


def _page(client: Client, eoi: ExpressionOfInterest) -> str:
    response = client.get(reverse("applications:bid", args=[eoi.pk]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("notes", [1, 30])
def test_the_bid_page_asks_at_most_twelve_queries(lead: Client, eoi: ExpressionOfInterest, notes: int) -> None:
    for _ in range(notes):
        Note.objects.create(eoi=eoi, by=a_lead_of(eoi), at=NOW, text="Rang the head.")
    _page(lead, eoi)

    with queries(at_most=12):
        _page(lead, eoi)


def test_everything_of_the_bid_is_on_the_page(lead: Client, eoi: ExpressionOfInterest) -> None:
    page = _page(lead, eoi)

    for words in (
        eoi.school.name,
        eoi.reference,
        "Amira Khan",
        "Key Stage 3 lead",
        "Ready to decide",
        "Pupils leave Year 9",
    ):
        assert words in page


def test_the_text_of_a_school_cannot_become_markup(lead: Client) -> None:
    planted = "<script>alert(1)</script>"
    eoi = ExpressionOfInterestFactory(
        answers__statement=planted, nominees__lead_1={"name": planted, "role": planted}, submitted=True
    )
    lead.force_login(a_lead_of(eoi))

    assert planted not in _page(lead, eoi)


def test_a_no_shows_with_its_reason(lead: Client, eoi: ExpressionOfInterest) -> None:
    other = ExpressionOfInterestFactory(round=eoi.round, signing=True)
    head = SignatureRequest.objects.get(subject_id=other.pk, roles__icontains='"head"')
    signing.refuse(request_id=head.pk, reason="We cannot release two teachers.", now=NOW)

    page = _page(lead, other)

    assert "Someone said no" in page
    assert "We cannot release two teachers." in page


def test_the_hub_next_door_does_not_find_it_and_an_administrator_reads_but_does_not_decide(
    client: Client, eoi: ExpressionOfInterest
) -> None:
    decide = reverse("applications:decide", args=[eoi.pk, "offer"])

    client.force_login(HubMembershipFactory().user)
    assert client.get(reverse("applications:bid", args=[eoi.pk])).status_code == 404
    assert client.get(decide).status_code == 404
    client.force_login(HubMembershipFactory(hub=eoi.round.hub, role=HubRole.ADMINISTRATOR).user)
    assert "Offer a place" not in _page(client, eoi)
    assert client.get(decide).status_code == 403


def test_a_note_is_added_once_and_only_the_hub_reads_it(lead: Client, eoi: ExpressionOfInterest) -> None:
    url, once = reverse("applications:note", args=[eoi.pk]), uuid.uuid4()

    for _ in range(2):
        assert lead.post(url, {"once": once, "text": "Rang the head."}).status_code == 302

    assert Note.objects.count() == 1
    assert "Rang the head." in _page(lead, eoi)


def test_an_empty_note_says_what_to_do_and_loses_nothing(lead: Client, eoi: ExpressionOfInterest) -> None:
    response = lead.post(reverse("applications:note", args=[eoi.pk]), {"once": uuid.uuid4(), "text": " "})

    assert response.status_code == 422
    assert "Write the note" in response.content.decode()


def test_next_and_previous_walk_the_forms_in_the_order_they_were_sent(lead: Client, eoi: ExpressionOfInterest) -> None:
    second = ExpressionOfInterestFactory(round=eoi.round, submitted=True)
    ExpressionOfInterest.objects.filter(pk=second.pk).update(sent_at=NOW + timedelta(hours=1))

    def goes(which: ExpressionOfInterest, way: str) -> str:
        return lead.get(reverse("applications:neighbour", args=[which.pk, way])).headers["Location"]

    assert goes(eoi, "next") == reverse("applications:bid", args=[second.pk])
    assert goes(second, "previous") == reverse("applications:bid", args=[eoi.pk])
    assert goes(second, "next") == reverse("applications:queue", args=[eoi.round_id])


def _offer(client: Client, eoi: ExpressionOfInterest, step: str) -> object:
    return client.post(
        reverse("applications:decide", args=[eoi.pk, "offer"]),
        {
            "step": step,
            "answer_by_day": "1",
            "answer_by_month": "4",
            "answer_by_year": "2027",
            "words": "Welcome aboard.",
        },
    )


def test_before_an_offer_the_lead_reads_that_the_round_is_open_and_the_panel_to_come(
    lead: Client, eoi: ExpressionOfInterest
) -> None:
    offer, hold = (reverse("applications:decide", args=[eoi.pk, act]) for act in ("offer", "reserve"))
    said = (
        "You can offer now, but schools can still apply until Friday 28 May 2027, 11:59pm "
        "and the panel meets on Friday 18 June 2027."
    )

    assert said in lead.get(offer).content.decode()
    assert "You can offer now" not in lead.get(hold).content.decode()
    Round.objects.update(closes_at=NOW, signing_deadline_at=NOW, panel_on=NOW.date())
    assert "You can offer now" not in lead.get(offer).content.decode()


def test_the_letter_is_read_before_it_is_sent_and_nothing_moves_until_then(
    lead: Client, eoi: ExpressionOfInterest
) -> None:
    preview = _offer(lead, eoi, "preview")

    assert "Welcome aboard." in preview.content.decode()
    assert "Helen Carter" in preview.content.decode()
    eoi.refresh_from_db()
    assert eoi.state == State.SUBMITTED


def test_the_letter_sent_is_the_letter_shown(lead: Client, eoi: ExpressionOfInterest) -> None:
    from core.notifications.models import Message

    shown = _offer(lead, eoi, "preview").context["letters"][0]["letters"]
    _offer(lead, eoi, "send")

    sent = {
        m.to_email: (m.subject, m.text) for m in Message.objects.filter(subject_id=eoi.pk, kind="applications.offer")
    }
    assert sent == {letter.mail.to_email: (letter.mail.subject, letter.mail.text) for letter in shown}


@pytest.mark.parametrize(
    ("act", "typed", "button", "state"),
    [
        ("offer", {}, "Send the offer", State.OFFERED),
        ("reserve", {}, "Hold in reserve", State.RESERVE),
        ("not-choose", {"reason": "no_places"}, "Send the letter", State.NOT_CHOSEN),
        ("return", {"words": "Name a second advocate."}, "Return the form", State.DRAFT),
    ],
)
def test_every_decision_can_be_taken_with_the_buttons_of_its_pages_alone(
    lead: Client, eoi: ExpressionOfInterest, act: str, typed: dict, button: str, state: State
) -> None:
    first = lead.get(reverse("applications:decide", args=[eoi.pk, act]))
    letters = press(lead, first, "Read the letters", **typed)
    again = press(lead, letters, "Change the letter")
    done = press(lead, press(lead, again, "Read the letters"), button)

    assert (done.status_code, lead.get(done["Location"]).status_code) == (302, 200)
    eoi.refresh_from_db()
    assert eoi.state == state


def test_a_double_click_on_send_makes_one_offer(lead: Client, eoi: ExpressionOfInterest) -> None:
    for _ in range(2):
        assert _offer(lead, eoi, "send").status_code == 302

    eoi.round.refresh_from_db()
    assert eoi.round.places_held == 1


def test_an_offer_cannot_be_answered_by_yesterday(lead: Client, eoi: ExpressionOfInterest) -> None:
    response = lead.post(
        reverse("applications:decide", args=[eoi.pk, "offer"]),
        {"step": "send", "answer_by_day": "17", "answer_by_month": "3", "answer_by_year": "2027"},
    )

    assert response.status_code == 422
    assert "Enter a day that is not in the past" in response.content.decode()


def test_an_unknown_decision_is_not_found(lead: Client, eoi: ExpressionOfInterest) -> None:
    assert lead.post(reverse("applications:decide", args=[eoi.pk, "enrol"]), {"step": "send"}).status_code == 404


def test_ticked_forms_of_another_hub_are_left_out(lead: Client, eoi: ExpressionOfInterest) -> None:
    foreign = ExpressionOfInterestFactory(round=RoundFactory(), submitted=True)

    response = lead.post(
        reverse("applications:decide_many", args=[eoi.round_id]),
        {
            "action": "not-choose",
            "step": "send",
            "reason": "no_places",
            "eoi": [str(eoi.pk), str(foreign.pk), "nonsense"],
        },
    )

    assert [result.eoi_id for result in response.context["results"]] == [eoi.pk]
    foreign.refresh_from_db()
    assert foreign.state == State.SUBMITTED


def test_nothing_ticked_says_so(lead: Client, eoi: ExpressionOfInterest) -> None:
    response = lead.post(reverse("applications:decide_many", args=[eoi.round_id]), {"action": "offer"}, follow=True)

    assert "Tick at least one form first." in response.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_letters_of_many_are_composed_in_a_bounded_number_of_queries(
    lead: Client, eoi: ExpressionOfInterest, rows: int
) -> None:
    eois = [eoi, *[ExpressionOfInterestFactory(round=eoi.round, submitted=True) for _ in range(rows - 1)]]
    post = {"action": "not-choose", "step": "preview", "reason": "no_places", "eoi": [str(each.pk) for each in eois]}

    with queries(at_most=20):
        response = lead.post(reverse("applications:decide_many", args=[eoi.round_id]), post)

    assert response.status_code == 200


def test_previous_and_next_are_links_only_where_there_is_a_form(lead: Client, eoi: ExpressionOfInterest) -> None:
    second = ExpressionOfInterestFactory(round=eoi.round, submitted=True)
    ExpressionOfInterest.objects.filter(pk=second.pk).update(sent_at=NOW + timedelta(hours=1))

    def links(which: ExpressionOfInterest) -> list[str]:
        page = _page(lead, which)
        return [way for way in ("previous", "next") if reverse("applications:neighbour", args=[which.pk, way]) in page]

    assert (links(eoi), links(second)) == (["next"], ["previous"])
    assert "1 of 2" in _page(lead, eoi)


def test_the_hub_opens_the_signed_commitment_once_it_is_made(
    lead: Client, eoi: ExpressionOfInterest, settings: Any, tmp_path: Path
) -> None:
    settings.STORAGE_DIR = tmp_path
    address = reverse("applications:commitment", args=[eoi.pk])
    assert address not in _page(lead, eoi)

    store_document(b"%PDF-1.7", kind=COMMITMENT, subject_id=eoi.pk)

    assert address in _page(lead, eoi)
    assert lead.get(address).status_code == 200


def test_answers_messages_and_numbers_read_as_people_write_them(lead: Client, eoi: ExpressionOfInterest) -> None:
    ExpressionOfInterest.objects.filter(pk=eoi.pk).update(telephone="01242555201")
    MessageFactory(subject_label="applications.expressionofinterest", subject_id=eoi.pk, state="dropped")

    page = _page(lead, eoi)

    assert ">No</p>" in page
    assert "01242 555201" in page
    assert "not sent, as it was no longer needed" in page


@pytest.fixture
def unsigned(eoi: ExpressionOfInterest) -> ExpressionOfInterest:
    """A form of the same round whose head said no and whose head of department alone has signed, its time over."""
    other = ExpressionOfInterestFactory(round=eoi.round, signing=True)
    sign(other, by=["head_of_department"])
    head = SignatureRequest.objects.get(subject_id=other.pk, roles__icontains='"head"')
    signing.refuse(request_id=head.pk, reason="We cannot release two teachers.", now=NOW)
    Round.objects.filter(pk=other.round_id).update(closes_at=NOW, signing_deadline_at=NOW)
    return other


def _words(response: Any) -> str:
    return " ".join(lxml.html.fromstring(response.content.decode()).text_content().split())


def test_before_an_offer_on_condition_the_lead_reads_who_has_not_signed_and_who_said_no(
    lead: Client, unsigned: ExpressionOfInterest
) -> None:
    first = lead.get(reverse("applications:decide", args=[unsigned.pk, "offer"]))
    preview = _offer(lead, unsigned, "preview")

    for page in (_words(first), _words(preview)):
        assert "No answer yet from Amira Khan, Tom Ellis." in page
        assert "Helen Carter said no: “We cannot release two teachers.”" in page
        assert "The signing deadline passed on Thursday 18 March 2027; the offer opens signing again until" in page
        assert "Who said no is not asked to accept the place" in page
    assert "until Thursday 1 April 2027, 11:59pm" in _words(preview)
    assert "Helen Carter" not in {letter.mail.to_name for letter in preview.context["letters"][0]["letters"]}


def test_an_offer_stands_as_the_state_though_somebody_said_no(lead: Client, unsigned: ExpressionOfInterest) -> None:
    _offer(lead, unsigned, "send")

    queue = lead.get(reverse("applications:queue", args=[unsigned.round_id]), {"view": "offered"}).content.decode()

    for page in (queue, _page(lead, unsigned)):
        assert "Offered on condition" in page
        assert "Someone said no" not in page


def test_a_preview_says_where_the_personal_link_will_stand(lead: Client, eoi: ExpressionOfInterest) -> None:
    page = _offer(lead, eoi, "preview").content.decode()

    assert "((personal link))" not in page
    assert "[their own link stands here]" in page


def test_the_button_counts_what_can_be_sent_and_the_result_says_why_the_rest_was_left(
    lead: Client, eoi: ExpressionOfInterest
) -> None:
    accepted = ExpressionOfInterestFactory(round=eoi.round, accepted=True)
    withdrawn = ExpressionOfInterestFactory(round=eoi.round, signing=True, withdrawn=True)
    address = reverse("applications:decide_many", args=[eoi.round_id])

    first = lead.post(address, {"action": "offer", "eoi": [str(e.pk) for e in (eoi, accepted, withdrawn)]})
    letters = press(lead, first, "Read the letters")
    done = _words(press(lead, letters, "Send the offer"))

    for page in (_words(first), _words(letters), done):
        assert "This form is accepted already: left as it was." in page
        assert "This form is withdrawn: left as it was." in page
    assert "Place offered: 1 of 3 schools" in done
    assert "The letter is on its way." in done
    assert "Done Done" not in done


def test_where_nothing_can_take_the_act_there_is_no_button(lead: Client, eoi: ExpressionOfInterest) -> None:
    accepted = ExpressionOfInterestFactory(round=eoi.round, accepted=True)

    page = lead.post(
        reverse("applications:decide_many", args=[eoi.round_id]), {"action": "offer", "eoi": [str(accepted.pk)]}
    )

    assert "Nothing can be sent from here" in _words(page)
    assert "Read the letters" not in _words(page)


def test_an_offer_whose_eligibility_is_in_question_says_so_before_it_is_written(
    lead: Client, eoi: ExpressionOfInterest
) -> None:
    early = {"role": "Early career teacher", "role_code": "early_career"}
    asked = ExpressionOfInterestFactory(round=eoi.round, nominees__lead_1=early, submitted=True)

    page = _words(lead.get(reverse("applications:decide", args=[asked.pk, "offer"])))

    assert "Settle this first, with a reason" in page


@pytest.mark.parametrize("rows", [1, 30])
def test_offers_to_many_are_judged_in_a_bounded_number_of_queries(
    lead: Client, eoi: ExpressionOfInterest, rows: int
) -> None:
    eois = [eoi, *[ExpressionOfInterestFactory(round=eoi.round, submitted=True) for _ in range(rows - 1)]]
    Round.objects.filter(pk=eoi.round_id).update(places=40)
    post = {"action": "offer", "eoi": [str(each.pk) for each in eois]}

    with queries(at_most=36):
        response = lead.post(reverse("applications:decide_many", args=[eoi.round_id]), post)

    assert response.context["taken"] == rows


def test_where_places_are_short_they_go_to_what_stands_first_in_the_queue(
    lead: Client, eoi: ExpressionOfInterest
) -> None:
    reserve = ExpressionOfInterestFactory(round=eoi.round, reserve=True)
    Round.objects.filter(pk=eoi.round_id).update(places=1)

    page = lead.post(
        reverse("applications:decide_many", args=[eoi.round_id]),
        {"action": "offer", "eoi": [str(reserve.pk), str(eoi.pk)]},
    )

    assert [(row.eoi.pk, bool(row.why)) for row in page.context["rows"]] == [(eoi.pk, False), (reserve.pk, True)]
    assert "No place is left for it." in _words(page)
