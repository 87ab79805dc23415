"""Beginning a form, saving it page by page, and two people on one page."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from applications import trn
from applications.models import Answer, ExpressionOfInterest, Nominee
from applications.services import drafts
from applications.states import NotAllowed
from core.audit.models import Event
from core.documents.references import parse
from tests.clock import NOW, TODAY
from tests.factories.accounts import UserFactory
from tests.factories.applications import EditorFactory, ExpressionOfInterestFactory, RoundFactory, send
from tests.factories.hubs import HubFactory, HubSchoolFactory
from tests.factories.schools import LocalAuthorityFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def begin(round_, school, by, **more):
    return drafts.begin(school=school, edition=round_.edition, by=by, now=NOW, today=TODAY, **{"once": uuid4(), **more})


def save(eoi, by, page="people", **more):
    """Save a page that has just been opened, unless `seen` says when it was."""
    now_at = ExpressionOfInterest.objects.get(pk=eoi.pk).version
    return drafts.save_page(eoi_id=eoi.pk, page=page, by=by, now=NOW, **{"seen": now_at, **more})


def test_a_form_begins_as_an_empty_draft_with_a_reference_and_its_beginner_as_editor():
    round_, user = RoundFactory(), UserFactory(name="")

    eoi = begin(round_, SchoolFactory(), user, name="Sam Osei")

    assert (eoi.state, eoi.round, eoi.edition_id, eoi.hub_confirmed) == ("draft", round_, round_.edition_id, True)
    assert parse(eoi.reference) == eoi.reference
    assert [editor.user for editor in eoi.editors.all()] == [user]
    user.refresh_from_db()
    assert user.name == "Sam Osei"
    assert Event.objects.get(action="eoi.begun").actor == user


def test_a_double_post_begins_one_form():
    round_, school, user, once = RoundFactory(), SchoolFactory(), UserFactory(), uuid4()

    first = begin(round_, school, user, once=once)
    second = begin(round_, school, user, once=once)

    assert first == second
    assert ExpressionOfInterest.objects.count() == 1


def test_who_begins_again_goes_on_with_the_form_they_have():
    round_, school, user = RoundFactory(), SchoolFactory(), UserFactory()

    assert begin(round_, school, user) == begin(round_, school, user)


def test_a_number_that_somebody_else_has_used_begins_nothing():
    round_, school, once = RoundFactory(), SchoolFactory(), uuid4()
    begin(round_, school, UserFactory(), once=once)

    with pytest.raises(NotAllowed):
        begin(round_, school, UserFactory(), once=once)


def test_a_colleagues_draft_is_counted_and_blocks_nobody():
    round_, school, user = RoundFactory(), SchoolFactory(), UserFactory()
    begin(round_, school, UserFactory())

    assert drafts.other_drafts(school=school, edition=round_.edition, by=user) == 1
    assert begin(round_, school, user).state == "draft"
    assert drafts.other_drafts(school=school, edition=round_.edition, by=user) == 1


def test_nothing_begins_while_the_hubs_round_is_closed():
    with pytest.raises(drafts.NoOpenRound):
        begin(RoundFactory(closed=True), SchoolFactory(), UserFactory())


def test_where_two_hubs_share_an_authority_the_one_that_closes_last_is_taken_and_the_page_still_asks():
    first = RoundFactory(closing_soon=True)
    last = RoundFactory(edition=first.edition)

    eoi = begin(first, SchoolFactory(), UserFactory())

    assert (eoi.round, eoi.hub_confirmed) == (last, False)


def test_a_hub_set_for_the_school_comes_before_its_authoritys():
    area = RoundFactory()
    own = RoundFactory(edition=area.edition, hub=HubFactory(area=False))
    school = SchoolFactory()
    HubSchoolFactory(school=school, hub=own.hub)

    choices = drafts.hub_choices(school=school, edition=area.edition, now=NOW, today=TODAY)

    assert [(c.round, c.default) for c in choices] == [(own, True), (area, False)]


def test_a_round_that_takes_its_own_area_only_is_no_choice_for_others():
    round_ = RoundFactory(other_areas="no")
    far = SchoolFactory(la=LocalAuthorityFactory(code="878", name="Devon"))

    assert drafts.hub_choices(school=far, edition=round_.edition, now=NOW, today=TODAY) == []


def test_a_page_is_saved_with_its_version_and_on_record():
    eoi, user = ExpressionOfInterestFactory(nominees=False), UserFactory()

    saved = save(eoi, user, nominees={"head": {"name": "Helen Carter", "email": "h@s.example", "post": "headteacher"}})

    assert (saved.version, saved.pages["people"]["version"], saved.saved_at) == (2, 2, NOW)
    assert Nominee.objects.get(eoi=eoi, position="head").name == "Helen Carter"
    assert Event.objects.get(action="eoi.saved").after["head.name"] == "Helen Carter"


def test_a_stale_page_overwrites_nothing_and_says_who_was_quicker():
    eoi, first, second = ExpressionOfInterestFactory(), UserFactory(), UserFactory()
    seen = eoi.version
    save(eoi, first, nominees={"head": {"name": "Ellen Carter"}})

    with pytest.raises(drafts.Stale) as stale:
        save(eoi, second, seen=seen, nominees={"head": {"name": "Helena Carter"}})

    assert (stale.value.by, stale.value.at) == (str(first.pk), NOW)
    assert Nominee.objects.get(eoi=eoi, position="head").name == "Ellen Carter"


def test_the_same_values_again_are_no_conflict():
    eoi, user = ExpressionOfInterestFactory(), UserFactory()
    seen = eoi.version
    save(eoi, user, nominees={"head": {"name": "Ellen Carter"}})

    save(eoi, user, seen=seen, nominees={"head": {"name": "Ellen Carter"}})  # the second tap of a double post

    assert Nominee.objects.get(eoi=eoi, position="head").name == "Ellen Carter"


def test_colleagues_on_two_pages_are_not_in_each_others_way():
    eoi, first, second = ExpressionOfInterestFactory(), UserFactory(), UserFactory()
    seen = eoi.version
    save(eoi, first, nominees={"head": {"name": "Ellen Carter"}})

    saved = save(eoi, second, page="statement", seen=seen, answers={"statement": "Why not."})

    assert saved.version == 3
    assert Answer.objects.get(eoi=eoi, code="statement").text == "Why not."


def test_a_form_that_was_sent_is_not_saved():
    eoi = ExpressionOfInterestFactory(signing=True)

    with pytest.raises(NotAllowed):
        save(eoi, UserFactory(), fields={"telephone": "01242 555100"})


def test_a_number_is_kept_encrypted_and_hashed_and_never_on_record():
    eoi = ExpressionOfInterestFactory()

    save(eoi, UserFactory(), page="lead-1", nominees={"lead_1": {"trn": "1234567"}})

    nominee = Nominee.objects.get(eoi=eoi, position="lead_1")
    assert "1234567" not in nominee.trn_encrypted
    assert len(nominee.trn_hash) == 64
    assert trn.masked(nominee.trn_encrypted) == "****567"
    recorded = Event.objects.get(action="eoi.saved")
    assert "1234567" not in str(recorded.before) + str(recorded.after)
    assert nominee.trn_hash not in str(recorded.after)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1234567", "1234567"),
        ("12 34/567", "1234567"),
        ("RP12345", "0012345"),
        ("123456", "0123456"),
        ("", ""),
        (" ", ""),
    ],
)
def test_a_number_is_stripped_and_padded_to_seven_digits(typed, kept):
    assert trn.normal(typed) == kept


@pytest.mark.parametrize("typed", ["1234", "12345678", "none", "١٢٣٤٥٦٧"])
def test_what_is_no_number_is_said_to_be_none(typed):
    with pytest.raises(trn.NotATrn):
        trn.normal(typed)


def person_of(eoi, position):
    return Nominee.objects.get(eoi=eoi, position=position).person_uuid


def test_one_person_in_two_places_is_one_person():
    eoi, user = ExpressionOfInterestFactory(), UserFactory()
    leader = Nominee.objects.get(eoi=eoi, position="head_of_department")

    save(eoi, user, page="lead-1", nominees={"lead_1": {"name": "jo  marsh", "email": leader.email.upper()}})

    assert person_of(eoi, "lead_1") == leader.person_uuid


def test_another_person_at_a_place_has_an_id_of_their_own_and_a_corrected_spelling_has_not():
    eoi, user = ExpressionOfInterestFactory(), UserFactory()
    before = person_of(eoi, "head")

    save(eoi, user, nominees={"head": {"name": "Helen Cartwright"}})
    assert person_of(eoi, "head") == before
    save(eoi, user, seen=2, nominees={"head": {"name": "Ian Bell", "email": "i.bell@s.example"}})
    assert person_of(eoi, "head") != before


def test_who_held_two_places_and_leaves_one_is_split():
    eoi, user = ExpressionOfInterestFactory(), UserFactory()
    leader = Nominee.objects.get(eoi=eoi, position="head_of_department")
    save(eoi, user, page="lead-1", nominees={"lead_1": {"name": leader.name, "email": leader.email}})

    save(eoi, user, page="lead-1", seen=2, nominees={"lead_1": {"name": "Amira Khan"}})

    assert person_of(eoi, "lead_1") != leader.person_uuid


def test_another_hub_is_chosen_until_sending_and_is_on_record():
    eoi, user = ExpressionOfInterestFactory(), UserFactory()
    other = RoundFactory(edition=eoi.edition)

    saved = drafts.change_hub(
        eoi_id=eoi.pk, round_id=other.pk, reason="Our trust works with it", unsure=False, seen=1, by=user, now=NOW
    )

    assert (saved.round, saved.hub_reason, saved.hub_confirmed) == (other, "Our trust works with it", True)
    event = Event.objects.get(action="eoi.saved")
    assert (event.before["round"], event.after["round"], event.scope) == (
        str(eoi.round_id),
        str(other.pk),
        other.hub_id,
    )


def test_a_lead_teacher_adds_number_and_year_groups_while_the_form_is_signed():
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    person = person_of(eoi, "lead_2")

    drafts.add_own_details(
        eoi=eoi, person_uuid=person, number="1234567", reason="", year_groups=["Y7"], not_timetabled=False,
        now=NOW + timedelta(days=1),
    )  # fmt: skip

    nominee = Nominee.objects.get(eoi=eoi, position="lead_2")
    assert (trn.masked(nominee.trn_encrypted), nominee.year_groups) == ("****567", ["Y7"])
    assert Nominee.objects.get(eoi=eoi, position="lead_1").year_groups == []


def test_only_editors_coordinators_and_the_hub_see_a_form():
    eoi = ExpressionOfInterestFactory()
    EditorFactory(eoi=eoi, user=(colleague := UserFactory()))

    def sees(user):
        return ExpressionOfInterest.objects.visible_to(user).filter(pk=eoi.pk).exists()

    assert sees(eoi.begun_by)
    assert sees(colleague)
    assert not sees(UserFactory())
