"""Rounds: what schools are told of them, and how a hub announces, dates and changes its own."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.forms.rounds import RoundForm, moment_of, read_time
from applications.models import Extension, Round
from applications.services import rounds as services
from applications.states import NotAllowed
from applications.views.rounds import gaps, terms_for
from core.audit.log import history
from core.audit.models import Event
from core.clock import london
from core.links.models import Link
from core.notifications.models import Message
from hubs.models import HubRole
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import CLOSES_AT, SIGNING_ENDS, ExpressionOfInterestFactory, RoundFactory, offer
from tests.factories.hubs import HubFactory, HubMembershipFactory, TermDatesFactory
from tests.factories.programmes import EditionFactory, TermsFactory
from tests.factories.schools import SchoolFactory
from tests.queries import queries
from tests.rendered import press

State = Round.PublicState


# --- Times as people write them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9am", "09:00"), ("9:30am", "09:30"), ("9.30 AM", "09:30"), ("11:59pm", "23:59"), ("12:00pm", "12:00"),
        ("12am", "00:00"), ("midday", "12:00"), ("noon", "12:00"), ("Midnight", "00:00"), ("23:59", "23:59"),
        ("7:05", "07:05"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed, read):
    assert f"{read_time(typed):%H:%M}" == read


@pytest.mark.parametrize("typed", ["", "9", "25:00", "13pm", "0am", "9:60am", "half past nine", "9:3am"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(ValueError):
        read_time(typed)


def test_a_closing_is_kept_as_the_first_moment_that_is_too_late():
    assert moment_of(date(2027, 5, 28), read_time("11:59pm"), ends=True) == CLOSES_AT
    assert moment_of(date(2027, 3, 1), read_time("9am"), ends=False) == london(date(2027, 3, 1), 9)
    assert moment_of(date(2027, 5, 28), read_time("midday"), ends=True) == london(date(2027, 5, 28), 12, 1)


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (date(2027, 3, 28), "00:59", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),  # the last minute of winter time
        (date(2027, 3, 28), "11:59pm", datetime(2027, 3, 28, 23, 0, tzinfo=UTC)),
        (date(2027, 10, 31), "1:59am", datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),  # comes twice: the second one
        (date(2027, 10, 31), "11:59pm", datetime(2027, 11, 1, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_closing_on_a_day_the_clocks_change(day, at, moment):
    assert moment_of(day, read_time(at), ends=True) == moment


def test_a_time_that_the_clocks_jump_over_is_refused():
    with pytest.raises(ValueError):
        moment_of(date(2027, 3, 28), read_time("1:30am"), ends=True)


# --- What schools are told ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "now", "state"),
    [
        ({"opens_at": None, "closes_at": None}, NOW, State.ANNOUNCED),
        ({"opens_at": NOW + timedelta(1)}, NOW, State.ANNOUNCED),
        ({"closes_at": None}, NOW, State.ANNOUNCED),
        ({}, NOW, State.OPEN),
        ({"opens_at": NOW}, NOW, State.OPEN),
        ({}, CLOSES_AT - timedelta(days=14, seconds=1), State.OPEN),
        ({}, CLOSES_AT - timedelta(days=14), State.CLOSING_SOON),
        ({}, CLOSES_AT - timedelta(seconds=1), State.CLOSING_SOON),
        ({}, CLOSES_AT, State.CLOSED),
        ({"places": 3, "places_held": 3}, NOW, State.FULL),
        ({"places": 3, "places_held": 3}, CLOSES_AT - timedelta(1), State.FULL),
        ({"places": 3, "places_held": 3}, CLOSES_AT, State.CLOSED),
    ],
)
def test_the_public_state_of_a_round(fields, now, state):
    usual = {"opens_at": london(date(2027, 3, 1), 9), "closes_at": CLOSES_AT, "places": 12}

    assert Round(**(usual | fields)).public_state(now) == state


@pytest.mark.django_db
def test_the_public_list_shows_open_rounds_and_announced_ones(client):
    open_, soon = RoundFactory(), RoundFactory(closing_soon=True)
    announced, closed = RoundFactory(announced_only=True), RoundFactory(closed=True)

    with queries(at_most=1):
        text = client.get(reverse("applications:rounds")).content.decode()

    assert text.index(soon.hub.short_name) < text.index(open_.hub.short_name) < text.index(announced.hub.short_name)
    assert "Friday 28 May 2027, 11:59pm" in text and "closing soon" in text and "about the end of March" in text
    assert f">{closed.hub.short_name}<" not in text


@pytest.mark.django_db
def test_the_public_list_says_why_it_is_empty(client):
    assert "No hub takes applications today" in client.get(reverse("applications:rounds")).content.decode()


# --- Announcing and changing --------------------------------------------------------------------------------------

FIELDS = {
    "announced": "", "opens_at": london(date(2027, 4, 12), 9), "closes_at": CLOSES_AT,
    "signing_deadline_at": SIGNING_ENDS, "panel_on": date(2027, 6, 18), "decisions_by": None, "days_to_answer": 14,
    "places": 6, "first_meeting_at": None, "arrangements": "", "how_we_select": "", "guidance": "", "contact_name": "",
    "contact_email": "", "contact_telephone": "", "other_areas": "yes", "head_grade": "B",
}  # fmt: skip


@pytest.mark.django_db
def test_a_round_is_announced_on_record():
    hub, edition, lead = HubFactory(), EditionFactory(), UserFactory()

    made = services.announce(hub=hub, edition=edition, fields={"announced": "in May"}, by=lead, now=NOW)

    event = history(made).get()
    assert (event.action, event.actor, event.scope, event.after["announced"]) == (
        "round.announced", lead, hub.pk, "in May",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_second_post_finds_the_round_of_the_first():
    hub, edition = HubFactory(), EditionFactory()
    first = services.announce(hub=hub, edition=edition, fields={}, by=UserFactory(), now=NOW)

    with pytest.raises(services.RoundExists) as refusal:
        services.announce(hub=hub, edition=edition, fields={}, by=UserFactory(), now=NOW)

    assert refusal.value.round == first
    assert Round.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["no terms", "terms not published", "no commitments"])
def test_no_round_opens_on_an_edition_without_published_commitments(kind):
    edition = EditionFactory(published=False)
    if kind == "terms not published":
        TermsFactory(edition=edition)
    if kind == "no commitments":
        edition = EditionFactory(embedding=True, published__commitments=())
    hub, lead = HubFactory(), UserFactory()

    with pytest.raises(services.NoCommitments):
        services.announce(hub=hub, edition=edition, fields=FIELDS, by=lead, now=NOW)
    made = services.announce(hub=hub, edition=edition, fields={"announced": "in May"}, by=lead, now=NOW)
    with pytest.raises(services.NoCommitments):
        services.change(round_id=made.pk, version=1, fields=FIELDS, by=lead, now=NOW)


@pytest.mark.django_db
def test_a_change_is_on_record_with_what_was_before():
    round_, lead = RoundFactory(places=12), UserFactory()

    changed = services.change(
        round_id=round_.pk, version=1, fields={"places": 14, "opens_at": round_.opens_at}, by=lead, now=NOW
    )

    assert (changed.places, changed.version) == (14, 2)
    event = history(round_).get()
    assert (event.action, event.before, event.after) == ("round.changed", {"places": 12}, {"places": 14})


@pytest.mark.django_db
def test_saving_what_is_there_already_changes_nothing():
    round_ = RoundFactory(places=12)

    same = services.change(round_id=round_.pk, version=1, fields={"places": 12}, by=UserFactory(), now=NOW)

    assert same.version == 1 and not history(round_).exists()


@pytest.mark.django_db
def test_a_stale_page_overwrites_nothing():
    round_ = RoundFactory(places=12)
    services.change(round_id=round_.pk, version=1, fields={"places": 14}, by=UserFactory(), now=NOW)

    with pytest.raises(services.Stale) as refusal:
        services.change(round_id=round_.pk, version=1, fields={"places": 10}, by=UserFactory(), now=NOW)

    assert refusal.value.round.places == 14
    assert Round.objects.get(pk=round_.pk).places == 14


@pytest.mark.django_db
def test_there_are_never_fewer_places_than_are_held():
    round_ = RoundFactory(places=3)
    for _ in range(2):
        ExpressionOfInterestFactory(round=round_, offered=True)
    Round.objects.filter(pk=round_.pk).update(places_held=2)

    with pytest.raises(services.PlacesHeld, match="2 places are offered or accepted"):
        services.change(round_id=round_.pk, version=1, fields={"places": 1}, by=UserFactory(), now=NOW)
    assert services.change(round_id=round_.pk, version=1, fields={"places": 2}, by=UserFactory(), now=NOW).places == 2


@pytest.mark.django_db
def test_the_database_itself_holds_places_and_the_order_of_dates():
    round_ = RoundFactory(places=3)
    for wrong in (
        {"places_held": 4},
        {"closes_at": round_.opens_at},
        {"signing_deadline_at": round_.closes_at - timedelta(seconds=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=round_.pk).update(**wrong)


@pytest.mark.django_db
def test_what_a_hub_does_not_set_is_never_taken_from_a_post():
    round_, other = RoundFactory(), HubFactory()

    services.change(
        round_id=round_.pk, version=1, fields={"hub": other, "places_held": 9, "places": 5}, by=UserFactory(), now=NOW
    )

    round_.refresh_from_db()
    assert (round_.hub != other, round_.places_held, round_.places) == (True, 0, 5)


@pytest.mark.django_db
def test_a_signing_deadline_that_moves_takes_the_links_with_it():
    eoi = ExpressionOfInterestFactory(signing=True)
    own = ExpressionOfInterestFactory(round=eoi.round, signing=True)
    own_time = SIGNING_ENDS + timedelta(days=30)
    type(own).objects.filter(pk=own.pk).update(signing_deadline_at=own_time)
    later = SIGNING_ENDS + timedelta(days=7)

    services.change(round_id=eoi.round_id, version=1, fields={"signing_deadline_at": later}, by=UserFactory(), now=NOW)

    assert set(Link.objects.filter(subject_id__in=_requests(eoi)).values_list("valid_until", flat=True)) == {later}
    assert later not in Link.objects.filter(subject_id__in=_requests(own)).values_list("valid_until", flat=True)


def _requests(eoi):
    from core.signing.models import SignatureRequest

    return SignatureRequest.objects.filter(subject_id=eoi.pk).values("pk")


# --- More time for one school -------------------------------------------------------------------------------------


def more(round_, school, **changes):
    usual = {
        "closes_at": CLOSES_AT + timedelta(days=3), "signing_deadline_at": None, "reason": "A flood.",
        "by": UserFactory(), "now": NOW,
    }  # fmt: skip
    return services.give_more_time(round_=round_, school=school, **(usual | changes))


@pytest.mark.django_db
def test_more_time_is_given_to_one_school_on_record():
    round_, school = RoundFactory(), SchoolFactory()

    given = more(round_, school)

    assert (given.round, given.school, given.closes_at) == (round_, school, CLOSES_AT + timedelta(days=3))
    event = history(given).get()
    assert (event.action, event.scope, event.note) == ("round.more_time", round_.hub_id, "A flood.")


@pytest.mark.django_db
def test_the_same_page_posted_twice_gives_time_once():
    round_, school = RoundFactory(), SchoolFactory()

    assert more(round_, school) == more(round_, school)
    assert Extension.objects.count() == 1


@pytest.mark.django_db
def test_more_time_to_sign_moves_the_forms_own_deadline_and_its_links():
    eoi = ExpressionOfInterestFactory(signing=True)
    other = ExpressionOfInterestFactory(round=eoi.round, signing=True)
    until = SIGNING_ENDS + timedelta(days=10)

    more(eoi.round, eoi.school, closes_at=None, signing_deadline_at=until)

    eoi.refresh_from_db()
    other.refresh_from_db()
    assert (eoi.signing_deadline_at, other.signing_deadline_at) == (until, None)
    assert set(Link.objects.filter(subject_id__in=_requests(eoi)).values_list("valid_until", flat=True)) == {until}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "  "}, "Say why"),
        ({"closes_at": None}, "to send, to sign, or both"),
        ({"closes_at": NOW - timedelta(1)}, "must be in the future"),
        ({"closes_at": CLOSES_AT}, "gives that much time already"),
        ({"signing_deadline_at": SIGNING_ENDS}, "gives that much time already"),
    ],
)
def test_time_that_gives_nothing_is_refused_with_the_reason(changes, said):
    with pytest.raises(NotAllowed, match=said):
        more(RoundFactory(), SchoolFactory(), **changes)


# --- The hub's pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def round_() -> Round:
    return RoundFactory()


@pytest.fixture
def lead(client: Client, round_: Round) -> Client:
    client.force_login(HubMembershipFactory(hub=round_.hub).user)
    return client


def text_of(response) -> str:
    assert response.status_code in (200, 422)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def posted(round_: Round, **changes: str) -> dict[str, str]:
    """What the browser sends of a page that was just loaded, with changes."""
    form = RoundForm.of(round_)
    data = {}
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, date):
            data |= {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}
        else:
            data[name] = "" if value is None else value
    return {key: str(value) for key, value in (data | changes).items()}


@pytest.mark.django_db
def test_the_page_shows_each_date_with_its_weekday(lead, round_):
    text = text_of(lead.get(reverse("applications:round_edit", args=[round_.pk])))

    for said in (
        "Monday 1 March 2027, 9am", "Friday 28 May 2027, 11:59pm", "Friday 11 June 2027, 11:59pm",
        "Friday 18 June 2027", "Thursday 23 September 2027, 1pm",
    ):  # fmt: skip
        assert said in text


def test_every_field_of_the_form_stands_in_one_of_its_groups():
    grouped = [name for _, names in RoundForm.GROUPS for name in names]

    assert sorted(grouped) == sorted(RoundForm.base_fields)


@pytest.mark.django_db
def test_saving_the_page_as_it_was_loaded_changes_nothing(lead, round_):
    before = Round.objects.filter(pk=round_.pk).values().get()

    response = lead.post(reverse("applications:round_edit", args=[round_.pk]), posted(round_))

    assert response.status_code == 302
    assert Round.objects.filter(pk=round_.pk).values().get() == before


@pytest.mark.django_db
def test_every_field_can_be_set(lead, round_):
    address = reverse("applications:round_edit", args=[round_.pk])
    changes = {
        "opens_on_day": "12", "opens_on_month": "4", "opens_on_year": "2027", "opens_at": "8am",
        "closes_on_day": "14", "closes_on_month": "5", "closes_on_year": "2027", "closes_at": "midday",
        "signing_on_day": "28", "signing_on_month": "5", "signing_on_year": "2027", "signing_at": "5pm",
        "panel_on_day": "11", "panel_on_month": "6", "panel_on_year": "2027", "decisions_by_day": "18",
        "decisions_by_month": "6", "decisions_by_year": "2027", "days_to_answer": "21", "places": "8",
        "meeting_on_day": "1", "meeting_on_month": "10", "meeting_on_year": "2027", "meeting_at": "1:15pm",
        "announced": "after Easter", "arrangements": "At our school.", "how_we_select": "We read each form.",
        "guidance": "Ring us.", "contact_name": "Ruth Vane", "contact_email": "ruth@hub.example",
        "contact_telephone": "01242 555000", "other_areas": "last", "head_grade": "A",
    }  # fmt: skip

    check = lead.post(address, posted(round_, **changes))
    assert press(lead, check, "Save the round").status_code == 302

    round_.refresh_from_db()
    assert {name: getattr(round_, name) for name in services.FIELDS} == {
        "announced": "after Easter",
        "opens_at": london(date(2027, 4, 12), 8),
        "closes_at": london(date(2027, 5, 14), 12, 1),
        "signing_deadline_at": london(date(2027, 5, 28), 17, 1),
        "panel_on": date(2027, 6, 11),
        "decisions_by": date(2027, 6, 18),
        "days_to_answer": 21,
        "places": 8,
        "first_meeting_at": london(date(2027, 10, 1), 13, 15),
        "arrangements": "At our school.",
        "how_we_select": "We read each form.",
        "guidance": "Ring us.",
        "contact_name": "Ruth Vane",
        "contact_email": "ruth@hub.example",
        "contact_telephone": "01242 555000",
        "other_areas": "last",
        "head_grade": "A",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closes_on_day": "1", "closes_on_month": "2"}, "Choose a closing after the opening"),
        ({"signing_on_day": "27", "signing_on_month": "5"}, "Choose a signing deadline on or after the closing"),
        ({"panel_on_day": "27", "panel_on_month": "5"}, "Choose a day for the panel on or after the closing"),
        ({"decisions_by_day": "17", "decisions_by_month": "6"}, "Choose a day on or after the panel"),
        (
            {"closes_on_day": "", "closes_on_month": "", "closes_on_year": ""},
            "Enter the day on which applications close",
        ),
        ({"opens_on_day": "", "opens_on_month": "", "opens_on_year": ""}, "Enter the day on which the round opens"),
        ({"closes_at": ""}, "Enter the time of day for the closing"),
        ({"closes_at": "late"}, "Enter a time like 9:30am, 11:59pm or midday"),
        ({"opens_on_day": "28", "opens_on_month": "3", "opens_at": "1:30am"}, "The clocks go forward in that hour"),
        ({"closes_on_day": "31", "closes_on_month": "6"}, "Enter a real date, like 27 3 2027"),
        ({"days_to_answer": "0"}, "Enter a number of days from 1 to 60"),
        ({"places": "lots"}, "Enter a number of places from 0 to 1,000"),
        ({"other_areas": "perhaps"}, "Select a valid choice"),
    ],
)
def test_dates_that_do_not_fit_are_refused_and_what_was_typed_stays(lead, round_, changes, said):
    response = lead.post(reverse("applications:round_edit", args=[round_.pk]), posted(round_, **changes))

    assert said in text_of(response)
    assert Round.objects.get(pk=round_.pk).version == 1
    for name, value in changes.items():
        if value and name != "other_areas":
            assert f'value="{value}"' in response.content.decode(), name


@pytest.mark.django_db
def test_fewer_places_than_are_held_are_refused_on_the_page(lead, round_):
    Round.objects.filter(pk=round_.pk).update(places_held=5)

    response = lead.post(reverse("applications:round_edit", args=[round_.pk]), posted(round_, places="4"))

    assert "5 places are offered or accepted: there cannot be fewer." in text_of(response)
    assert Round.objects.get(pk=round_.pk).places == 12


@pytest.mark.django_db
def test_a_stale_page_shows_both_versions_and_saves_on_the_second_try(lead, round_):
    address = reverse("applications:round_edit", args=[round_.pk])
    mine = posted(round_, places="10", guidance="Ring us.")
    services.change(
        round_id=round_.pk, version=1, fields={"places": 14, "closes_at": CLOSES_AT}, by=UserFactory(), now=NOW
    )

    response = lead.post(address, mine)

    text = text_of(response)
    assert "Somebody else has changed this round since you opened the page" in text
    assert "Places 14 10" in text and "Guidance for schools empty Ring us." in text
    assert Round.objects.get(pk=round_.pk).places == 14
    again = mine | {"version": re.search(r'name="version" value="(\d+)"', response.content.decode())[1]}
    assert lead.post(address, again).status_code == 302
    assert Round.objects.get(pk=round_.pk).places == 10


@pytest.mark.django_db
def test_a_round_without_commitments_can_be_announced_in_words_only(lead, round_):
    edition = EditionFactory(embedding=True, published__commitments=())
    made = services.announce(hub=round_.hub, edition=edition, fields={}, by=UserFactory(), now=NOW)
    address = reverse("applications:round_edit", args=[made.pk])

    page = text_of(lead.get(address))
    assert "Announce it in words for now." in page
    assert (
        "Announced in words" in page
        and "Opens on" not in page
        and "Signing deadline" not in page.split("What schools read")[0]
    )
    dated = {
        "opens_on_day": "1", "opens_on_month": "4", "opens_on_year": "2027",
        "closes_on_day": "28", "closes_on_month": "5", "closes_on_year": "2027",
    }  # fmt: skip
    assert "its round cannot have an opening date" in text_of(lead.post(address, posted(made, **dated)))
    assert lead.post(address, posted(made, announced="in May")).status_code == 302


# --- School days --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_school_days_between_the_dates_are_counted(round_):
    found = [(gap.start, gap.end, gap.days, gap.is_short) for gap in gaps(round_, None)]

    assert found == [
        # March without Good Friday and Easter Monday, the Easter holidays left out; April; May without its holiday.
        ("opening", "closing", 52, False),
        ("closing", "signing deadline", 5, True),  # half term lies between
        ("signing deadline", "panel", 5, True),
    ]


@pytest.mark.django_db
def test_the_page_warns_below_ten_school_days_and_says_by_which_terms_it_counts(lead, round_):
    text = text_of(lead.get(reverse("applications:round_edit", args=[round_.pk])))

    assert "Only five school days from closing to signing deadline: plan 10 or more." in text
    assert "Counted by the usual terms in England" in text


@pytest.mark.django_db
@pytest.mark.parametrize(("panel", "warned"), [(date(2027, 6, 24), True), (date(2027, 6, 25), False)])
def test_ten_school_days_are_enough(lead, round_, panel, warned):
    Round.objects.filter(pk=round_.pk).update(panel_on=panel)

    text = text_of(lead.get(reverse("applications:round_edit", args=[round_.pk])))

    assert ("from signing deadline to panel" in text) is warned


@pytest.mark.django_db
def test_the_hubs_own_terms_count_where_they_cover_the_dates(lead, round_):
    TermDatesFactory(hub=round_.hub, starts_on=date(2027, 1, 4), ends_on=date(2027, 3, 25))
    assert terms_for(round_) is None  # the summer is missing

    TermDatesFactory(hub=round_.hub, starts_on=date(2027, 4, 12), ends_on=date(2027, 7, 21))
    found = [(gap.end, gap.days) for gap in gaps(round_, terms_for(round_))]
    # This hub has no half term in June: its schools are open in that week, but for the bank holiday.
    assert found == [("closing", 52), ("signing deadline", 9), ("panel", 5)]
    assert "Counted by the terms your hub entered" in text_of(
        lead.get(reverse("applications:round_edit", args=[round_.pk]))
    )


@pytest.mark.django_db
def test_a_round_in_words_counts_nothing(lead, round_):
    made = RoundFactory(hub=round_.hub, edition=EditionFactory(primary=True), announced_only=True, panel_on=None)

    text = text_of(lead.get(reverse("applications:round_edit", args=[made.pk])))

    assert "School days between" not in text and "about the end of March" in text


# --- The list, and a new round ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_list_shows_the_rounds_of_the_persons_hubs_with_their_counts(lead, round_):
    elsewhere = RoundFactory(edition=EditionFactory(primary=True))
    ExpressionOfInterestFactory(round=round_)
    ExpressionOfInterestFactory(round=round_, signing=True)
    ExpressionOfInterestFactory(round=round_, submitted=True)

    text = text_of(lead.get(reverse("applications:own_rounds")))

    assert "Secondary Development 2027/28 open Open until Friday 28 May 2027 1 2 1 0 of 12" in text
    assert str(elsewhere.edition) not in text


@pytest.mark.django_db
def test_the_list_costs_the_same_for_one_and_for_thirty(lead, round_):
    lead.get(reverse("applications:own_rounds"))

    def cost() -> int:
        with queries() as counted:
            lead.get(reverse("applications:own_rounds"))
        return len(counted)

    one = cost()
    for year in range(2028, 2057):
        RoundFactory(hub=round_.hub, edition=EditionFactory(year=year))
    assert cost() == one


@pytest.mark.django_db
def test_a_lead_announces_a_round_and_sets_its_dates_next(lead, round_):
    edition = EditionFactory(primary=True)
    address = reverse("applications:round_new")
    data = {"edition": str(edition.pk), "announced": "about the end of May"}

    response = lead.post(address, data)

    made = Round.objects.get(edition=edition)
    assert response["Location"] == reverse("applications:round_edit", args=[made.pk])
    assert (made.hub, made.announced, made.places) == (round_.hub, "about the end of May", 0)
    assert lead.post(address, data)["Location"] == response["Location"]  # a double post makes one
    assert Round.objects.filter(edition=edition).count() == 1


@pytest.mark.django_db
def test_only_what_schools_enter_by_a_form_can_have_a_round(lead, round_):
    by_continuing = EditionFactory(embedding=True, published__entry_by_eoi=False)
    past = EditionFactory(year=2026)  # running now: its schools were chosen a year ago

    coming = EditionFactory(primary=True)

    page = lead.get(reverse("applications:round_new")).content.decode()

    unset = EditionFactory(embedding=True, year=2028, published__commitments=())

    assert str(coming.pk) in page
    said = text_of(lead.get(reverse("applications:round_new")))
    assert f"{unset}, to be announced in words: what schools promise is not set yet" in said
    assert f"{coming}, to be" not in said
    assert str(by_continuing.pk) not in page and str(past.pk) not in page
    assert lead.post(reverse("applications:round_new"), {"edition": str(by_continuing.pk)}).status_code == 422
    assert not Round.objects.filter(edition=by_continuing).exists()


@pytest.mark.django_db
def test_who_works_for_two_hubs_says_for_which(client):
    person = UserFactory()
    one, two = HubMembershipFactory(user=person).hub, HubMembershipFactory(user=person).hub
    stranger, edition = HubFactory(), EditionFactory()
    client.force_login(person)
    address = reverse("applications:round_new")

    assert "Choose the hub" in text_of(client.post(address, {"edition": str(edition.pk)}))
    assert client.post(address, {"edition": str(edition.pk), "hub": str(stranger.pk)}).status_code == 422
    assert client.post(address, {"edition": str(edition.pk), "hub": str(two.pk)}).status_code == 302
    assert [r.hub for r in Round.objects.all()] == [two]
    assert one != two


# --- Who may ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_another_hub_does_not_see_the_round(client, round_):
    client.force_login(HubMembershipFactory(hub=HubFactory()).user)

    for name in ("round_edit", "more_time"):
        assert client.get(reverse(f"applications:{name}", args=[round_.pk])).status_code == 404
        assert client.post(reverse(f"applications:{name}", args=[round_.pk]), {}).status_code == 404


@pytest.mark.django_db
def test_a_hub_administrator_changes_the_round_and_a_lead_alone_gives_more_time(client, round_):
    client.force_login(HubMembershipFactory(hub=round_.hub, role=HubRole.ADMINISTRATOR).user)

    assert client.post(reverse("applications:round_edit", args=[round_.pk]), posted(round_)).status_code == 302
    assert client.get(reverse("applications:more_time", args=[round_.pk])).status_code == 403
    page = text_of(client.get(reverse("applications:round_edit", args=[round_.pk])))
    assert "Give one school more time" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["own_rounds", "round_new"])
def test_who_works_for_no_hub_has_no_rounds(client, name):
    client.force_login(UserFactory())
    assert client.get(reverse(f"applications:{name}")).status_code == 403

    client.logout()
    assert client.get(reverse(f"applications:{name}")).status_code == 302


@pytest.mark.django_db
def test_a_lead_gives_one_school_more_time_on_the_page(lead, round_):
    eoi = ExpressionOfInterestFactory(round=round_)
    address = reverse("applications:more_time", args=[round_.pk])
    data = {
        "urn": eoi.school_id, "closes_on_day": "4", "closes_on_month": "6", "closes_on_year": "2027",
        "closes_at": "11:59pm", "signing_at": "11:59pm", "reason": "The school was flooded.",
    }  # fmt: skip

    assert lead.post(address, data).status_code == 302

    assert Extension.objects.get().closes_at == london(date(2027, 6, 5), 0)
    text = text_of(lead.get(reverse("applications:round_edit", args=[round_.pk])))
    assert f"{eoi.school.name} , sends until Friday 4 June 2027, 11:59pm" in text
    assert "The school was flooded." in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"urn": "999999"}, "No school on the register has this URN"),
        ({"closes_on_day": "", "closes_on_month": "", "closes_on_year": ""}, "Enter a day for sending, for signing"),
        ({"closes_on_day": "1", "closes_on_month": "5"}, "The round itself gives that much time already."),
        ({"reason": ""}, "Enter why"),
        ({"signing_on_day": "3", "signing_on_month": "6", "signing_on_year": "2027"}, "on or after that for sending"),
    ],
)
def test_more_time_that_does_not_fit_is_refused_on_the_page(lead, round_, changes, said):
    school = SchoolFactory()
    data = {
        "urn": school.pk, "closes_on_day": "4", "closes_on_month": "6", "closes_on_year": "2027",
        "closes_at": "11:59pm", "signing_at": "11:59pm", "reason": "A flood.",
    }  # fmt: skip

    assert said in text_of(lead.post(reverse("applications:more_time", args=[round_.pk]), data | changes))
    assert not Extension.objects.exists()


@pytest.mark.django_db
def test_an_offer_made_while_the_page_is_open_is_not_undone_by_saving_it(lead, round_):
    mine = posted(round_, places="1")
    for _ in range(2):
        offer(ExpressionOfInterestFactory(round=round_, submitted=True))
    Round.objects.filter(pk=round_.pk).update(places_held=2)

    response = lead.post(reverse("applications:round_edit", args=[round_.pk]), mine)

    assert "2 places are offered or accepted" in text_of(response)
    assert Round.objects.get(pk=round_.pk).places == 12


# --- Before a round is public -------------------------------------------------------------------------------------


def dates(**days: date) -> dict[str, str]:
    """Days as the boxes of the form post them: closes=date(2027, 5, 28)."""
    names = {"panel": "panel_on", "decisions": "decisions_by"}
    return {
        f"{names.get(name, f'{name}_on')}_{part}": str(getattr(day, part))
        for name, day in days.items()
        for part in ("day", "month", "year")
    }


@pytest.fixture
def undated(round_):
    """A round announced in words, of the same hub."""
    return RoundFactory(
        hub=round_.hub, edition=EditionFactory(primary=True), announced_only=True, panel_on=None, decisions_by=None,
        places=8,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_round_that_opens_at_once_is_shown_as_schools_will_read_it_before_it_is_saved(lead, undated):
    address = reverse("applications:round_edit", args=[undated.pk])
    typed = posted(undated) | dates(
        opens=date(2027, 3, 18), closes=date(2027, 3, 20), signing=date(2027, 3, 26), panel=date(2027, 3, 21)
    )
    typed |= {"opens_at": "9am", "closes_at": "11:59pm", "signing_at": "11:59pm"}

    check = lead.post(address, typed)

    text = text_of(check)
    undated.refresh_from_db()
    assert (undated.opens_at, undated.version) == (None, 1)
    for said in (
        "Schools can apply as soon as you save",
        "The closing is Saturday 20 March 2027: a weekend.",
        "The signing deadline is Friday 26 March 2027: a bank holiday (Good Friday).",
        "The panel is Sunday 21 March 2027: a weekend.",
        "The panel meets before the signing deadline",
        "Only one school day from opening to closing: plan 10 or more.",
        "Applications close Saturday 20 March 2027, 11:59pm",
        "8 places",
    ):
        assert said in text, said
    assert press(lead, check, "Save and open the round").status_code == 302
    undated.refresh_from_db()
    assert undated.is_open(NOW)


@pytest.mark.django_db
def test_change_it_leads_back_to_the_form_with_what_was_typed(lead, undated):
    address = reverse("applications:round_edit", args=[undated.pk])
    typed = posted(undated) | dates(opens=date(2027, 4, 19), closes=date(2027, 6, 11))

    check = lead.post(address, typed)
    form = press(lead, check, "Change it")

    assert "Schools read these dates as soon as you save" in text_of(check)
    assert 'name="closes_on_day" value="11"' in form.content.decode()
    assert not Round.objects.filter(pk=undated.pk, closes_at__isnull=False).exists()


@pytest.mark.django_db
def test_a_date_that_looks_wrong_is_warned_of_before_it_is_saved_and_one_that_was_not_touched_is_not(lead, round_):
    Round.objects.filter(pk=round_.pk).update(panel_on=date(2027, 6, 19))  # a Saturday
    address = reverse("applications:round_edit", args=[round_.pk])
    untouched = posted(Round.objects.get(pk=round_.pk))

    check = lead.post(address, untouched | dates(decisions=date(2027, 6, 27)))

    assert "The day schools hear by is Sunday 27 June 2027: a weekend." in text_of(check)
    assert "The panel is" not in text_of(check)
    assert lead.post(address, untouched | {"places": "14"}).status_code == 302


@pytest.mark.django_db
def test_no_school_days_at_all_are_said_in_words(round_):
    round_.panel_on = date(2027, 6, 13)

    assert [gap.warning for gap in gaps(round_, None)][-1] == (
        "No school days from signing deadline to panel: plan 10 or more."
    )


@pytest.mark.django_db
def test_a_programme_with_a_round_is_not_offered_again_and_choosing_it_says_so(lead, round_):
    address = reverse("applications:round_new")

    assert "Your hub has a round for every programme" in text_of(lead.get(address))
    again = lead.post(address, {"edition": str(round_.edition.pk)}, follow=True)
    assert "Your hub has a round for this programme already. Here it is." in text_of(again)


@pytest.mark.django_db
def test_what_has_no_commitments_is_not_told_to_set_its_dates(lead):
    edition = EditionFactory(embedding=True, published__commitments=())

    page = lead.post(reverse("applications:round_new"), {"edition": str(edition.pk)}, follow=True)

    assert "Set its dates and places here." not in text_of(page)
    assert "Announce it in words for now." in text_of(page)


# --- Cancelling ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lead_cancels_a_round_that_no_school_has_begun_and_it_stays_on_record(lead, round_):
    address = reverse("applications:round_cancel", args=[round_.pk])
    give = {"closes_at": CLOSES_AT + timedelta(1), "signing_deadline_at": None, "reason": "A flood."}
    services.give_more_time(round_=round_, school=SchoolFactory(), by=UserFactory(), now=NOW, **give)
    assert address in lead.get(reverse("applications:round_edit", args=[round_.pk])).content.decode()

    done = press(lead, lead.get(address), "Cancel the round")

    assert done["Location"] == reverse("applications:own_rounds")
    assert not Round.objects.filter(pk=round_.pk).exists()
    event = Event.objects.get(action="round.cancelled")
    assert (event.object_id, event.scope) == (str(round_.pk), round_.hub_id)
    assert event.before["places"] == 12


@pytest.mark.django_db
def test_a_round_with_a_form_is_not_cancelled(lead, round_):
    ExpressionOfInterestFactory(round=round_)
    address = reverse("applications:round_cancel", args=[round_.pk])

    assert address not in lead.get(reverse("applications:round_edit", args=[round_.pk])).content.decode()
    assert "A school has begun a form" in text_of(lead.get(address))
    assert "cannot be cancelled" in text_of(lead.post(address, follow=True))
    assert Round.objects.filter(pk=round_.pk).exists()


@pytest.mark.django_db
def test_an_administrator_does_not_cancel(client, round_):
    client.force_login(HubMembershipFactory(hub=round_.hub, role=HubRole.ADMINISTRATOR).user)
    address = reverse("applications:round_cancel", args=[round_.pk])

    assert client.post(address).status_code == 403
    assert address not in client.get(reverse("applications:round_edit", args=[round_.pk])).content.decode()


# --- Choosing the school that gets more time ----------------------------------------------------------------------


@pytest.mark.django_db
def test_more_time_is_chosen_from_the_schools_whose_forms_still_take_it(lead, round_):
    draft = ExpressionOfInterestFactory(round=round_)
    signing = ExpressionOfInterestFactory(round=round_, signing=True)
    ready = ExpressionOfInterestFactory(round=round_, submitted=True)
    address = reverse("applications:more_time", args=[round_.pk])

    page = lead.get(address, {"urn": draft.school_id})

    choices = dict(page.context["form"].fields["school"].choices)
    assert list(choices) == ["", signing.school_id, draft.school_id, "other"]
    assert choices[signing.school_id] == f"{signing.school.name}, {signing.school.town}: being signed"
    assert ready.school_id not in choices
    until = {"closes_on_day": "4", "closes_on_month": "6", "closes_on_year": "2027", "reason": "A flood."}
    assert press(lead, page, "Give more time", **until).status_code == 302
    assert Extension.objects.get().school == draft.school


@pytest.mark.django_db
def test_a_school_that_is_not_on_the_list_is_named_by_its_urn(lead, round_):
    ExpressionOfInterestFactory(round=round_, signing=True)
    other = SchoolFactory()
    address = reverse("applications:more_time", args=[round_.pk])
    until = {"closes_on_day": "4", "closes_on_month": "6", "closes_on_year": "2027", "reason": "A flood."}

    nothing = press(lead, lead.get(address), "Give more time", **until)
    no_urn = press(lead, lead.get(address), "Give more time", school="other", **until)
    done = press(lead, lead.get(address), "Give more time", school="other", urn=other.pk, **until)

    assert "Choose the school, or enter the URN of another one" in text_of(nothing)
    assert "Enter the URN of the school, six digits" in text_of(no_urn)
    assert done.status_code == 302
    assert Extension.objects.get().school == other


@pytest.mark.django_db
def test_a_school_that_is_given_more_time_is_told_once_by_when_it_sends_and_signs():
    eoi = ExpressionOfInterestFactory()
    other = ExpressionOfInterestFactory(round=eoi.round)
    until = london(date(2027, 6, 19), 0)
    for _ in range(2):
        services.give_more_time(
            round_=eoi.round, school=eoi.school, closes_at=until, signing_deadline_at=until, reason="Flood",
            by=UserFactory(), now=NOW,
        )  # fmt: skip

    message = Message.objects.get(subject__contains="has more time")
    assert (message.subject_id, message.to_email) == (eoi.pk, eoi.begun_by.email)
    assert message.text.count("Friday 18 June 2027, 11:59pm") == 2
    assert "Flood" not in message.text
    assert not Message.objects.filter(subject_id=other.pk).exists()
