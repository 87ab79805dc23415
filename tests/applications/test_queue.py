"""The queue of a round: who reads it, what it shows, and what it costs."""

from __future__ import annotations

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Round
from applications.services import deciding
from core.audit.models import Event
from hubs.models import HubRole
from schools.models import School
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, a_lead_of
from tests.factories.hubs import HubMembershipFactory
from tests.factories.schools import SchoolFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    return RoundFactory()


@pytest.fixture
def lead(client: Client, round_: Round) -> Client:
    """A browser in which the lead of the round's hub is signed in."""
    client.force_login(HubMembershipFactory(hub=round_.hub).user)
    return client


def _page(client: Client, round_: Round, **query: str) -> str:
    response = client.get(reverse("applications:queue", args=[round_.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_asks_at_most_twelve_queries_whatever_its_length(lead: Client, round_: Round, rows: int) -> None:
    for _ in range(rows):
        ExpressionOfInterestFactory(round=round_, submitted=True)
    _page(lead, round_)  # what a process reads once

    with queries(at_most=12) as found:
        _page(lead, round_)

    assert len(found) <= 12


def test_one_row_and_thirty_cost_the_same(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)
    _page(lead, round_)
    with queries() as one:
        _page(lead, round_)
    for _ in range(29):
        ExpressionOfInterestFactory(round=round_, submitted=True)

    with queries() as thirty:
        _page(lead, round_)

    assert len(one) == len(thirty), thirty


def test_the_chips_count_and_the_rows_follow_the_view(lead: Client, round_: Round) -> None:
    ready = ExpressionOfInterestFactory(round=round_, submitted=True)
    reserve = ExpressionOfInterestFactory(round=round_, reserve=True)

    to_decide, in_reserve = _page(lead, round_), _page(lead, round_, view="reserve")

    assert (ready.school.name in to_decide, reserve.school.name in to_decide) == (True, False)
    assert (ready.school.name in in_reserve, reserve.school.name in in_reserve) == (False, True)
    assert "Reserve 1" in in_reserve


def test_a_draft_is_counted_by_school_and_says_nothing_of_its_content(lead: Client, round_: Round) -> None:
    draft = ExpressionOfInterestFactory(round=round_)

    assert draft.school.name not in _page(lead, round_, view="all")
    page = lead.get(reverse("applications:drafts", args=[round_.pk])).content.decode()
    assert draft.school.name in page
    assert "Amira Khan" not in page


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_drafts_costs_the_same_for_one_and_for_thirty(lead: Client, round_: Round, rows: int) -> None:
    for _ in range(rows):
        ExpressionOfInterestFactory(round=round_)

    with queries(at_most=9):
        lead.get(reverse("applications:drafts", args=[round_.pk]))


def test_search_finds_by_name_town_urn_and_reference(lead: Client, round_: Round) -> None:
    wanted = ExpressionOfInterestFactory(
        round=round_, school=SchoolFactory(name="Maidenhill School", town="Stonehouse"), submitted=True
    )
    other = ExpressionOfInterestFactory(
        round=round_, school=SchoolFactory(name="Archway School", town="Stroud"), submitted=True
    )

    for words in ("maiden", "stonehouse", wanted.school_id, wanted.reference.lower()):
        page = _page(lead, round_, q=words)
        assert (wanted.school.name in page, other.school.name in page) == (True, False), words


def test_an_unknown_sort_or_view_is_taken_for_the_usual_one(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)

    assert "Ready to decide" in _page(lead, round_, sort="password", view="nothing", page="-3")


def test_another_hub_gets_not_found_and_its_own_administrator_gets_the_page(client: Client, round_: Round) -> None:
    url = reverse("applications:queue", args=[round_.pk])

    client.force_login(HubMembershipFactory().user)
    assert client.get(url).status_code == 404
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    client.force_login(HubMembershipFactory(hub=round_.hub, role=HubRole.ADMINISTRATOR).user)
    assert client.get(url).status_code == 200


def test_the_export_holds_what_is_shown_escapes_formulas_and_is_on_record(lead: Client, round_: Round) -> None:
    eoi = ExpressionOfInterestFactory(round=round_, school=SchoolFactory(name="=Sum School"), submitted=True)
    ExpressionOfInterestFactory(round=round_, reserve=True)

    response = lead.get(reverse("applications:queue_csv", args=[round_.pk]), {"view": "decide"})

    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{eoi.reference},'=Sum School,{eoi.school_id}")
    event = Event.objects.get(action="round.exported")
    assert event.after == {"view": "decide", "rows": 1}


def test_a_view_offers_its_own_forms_and_all_of_the_round_as_a_file(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)
    ExpressionOfInterestFactory(round=round_, reserve=True)

    whole = lead.get(reverse("applications:queue_csv", args=[round_.pk]), {"view": "all"})

    one, every = (_page(lead, round_, view=view) for view in ("reserve", "all"))
    assert "Export these forms as CSV" in one and '?view=all">Export all as CSV' in one
    assert "Export these forms as CSV" in every and "Export all as CSV" not in every
    assert len(whole.content.decode("utf-8-sig").splitlines()) == 3


def test_acts_and_boxes_stand_only_where_a_form_can_take_them(lead: Client, round_: Round) -> None:
    accepted = ExpressionOfInterestFactory(round=round_, accepted=True)
    withdrawn = ExpressionOfInterestFactory(round=round_, signing=True, withdrawn=True)

    nothing = _page(lead, round_, view="all")
    ready = ExpressionOfInterestFactory(round=round_, submitted=True)
    page = _page(lead, round_, view="all")

    assert "Offer places" not in nothing
    assert "Offer places" in page
    boxes = [each.pk for each in (accepted, withdrawn, ready) if f'name="eoi" value="{each.pk}"' in page]
    assert boxes == [ready.pk]


def test_one_form_is_one_form(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)

    assert f"{round_.edition}, 1 form</caption>" in _page(lead, round_)


def test_free_meals_are_a_column_only_where_the_register_knows_them(lead: Client, round_: Round) -> None:
    eoi = ExpressionOfInterestFactory(round=round_, submitted=True, school__fsm_percent=None)
    assert "Free meals" not in _page(lead, round_)

    School.objects.filter(pk=eoi.school_id).update(fsm_percent="21.5")

    assert "21.5 %" in _page(lead, round_)


def test_whose_move_it_is_reads_like_a_word_of_the_table(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)

    assert '<td data-label="Whose move">Hub</td>' in _page(lead, round_)


def test_a_phone_sorts_and_ticks_all_above_the_cards(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)

    page = lxml.html.fromstring(_page(lead, round_))
    (above,) = page.find_class("app-sort")

    assert [a.text for a in above.iter("a")] == ["School", "Authority", "Pupils", "Free meals", "State", "Sent"]
    assert [a.text for a in above.iter("a") if a.get("aria-current")] == ["State"]
    assert above.xpath(".//input[@data-tick-all='eoi']")


def test_queue_list_and_home_count_the_same_forms_as_sent(lead: Client, round_: Round) -> None:
    ExpressionOfInterestFactory(round=round_, submitted=True)
    ExpressionOfInterestFactory(round=round_, signing=True, withdrawn=True)
    ExpressionOfInterestFactory(round=round_, not_chosen=True)
    back = ExpressionOfInterestFactory(round=round_, signing=True)
    deciding.return_(eoi_id=back.pk, by=a_lead_of(back), now=NOW, words="Name a second advocate.")
    ExpressionOfInterestFactory(round=round_)

    queue = lead.get(reverse("applications:queue", args=[round_.pk])).context
    listed = lead.get(reverse("applications:own_rounds")).context["rounds"][0][0]
    home = dict(row[:2] for row in lead.get("/home").context["figures"][0].rows)

    assert (queue["sent"], listed.sent, home["Sent to sign"]) == (3, 3, 3)
    assert "3 sent · 1 being changed by its school" in _page(lead, round_)


def test_once_signing_has_ended_the_forms_being_signed_lead_to_more_time(lead: Client, round_: Round) -> None:
    eoi = ExpressionOfInterestFactory(round=round_, signing=True)
    address = reverse("applications:more_time", args=[round_.pk])
    assert address not in _page(lead, round_, view="signing")

    Round.objects.filter(pk=round_.pk).update(closes_at=NOW, signing_deadline_at=NOW)

    assert address in _page(lead, round_, view="signing")
    bid = lead.get(reverse("applications:bid", args=[eoi.pk])).content.decode()
    assert f"{address}?urn={eoi.school_id}" in bid
