"""A school's pages: who may see them, what they say, how many queries they ask, and what a post cannot do."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Answer, ExpressionOfInterest, Nominee
from applications.services import deciding, drafts, sending
from core.clock import london
from core.notifications.models import Message
from core.signing.models import SignatureRequest
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import (
    EditorFactory,
    ExpressionOfInterestFactory,
    RoundFactory,
    a_lead_of,
    another_person,
    sign,
)
from tests.factories.hubs import HubMembershipFactory
from tests.factories.programmes import EditionFactory, EnrolmentFactory
from tests.factories.schools import LocalAuthorityFactory, SchoolFactory, SchoolMembershipFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db
PAGES = ("school", "people", "lead-1", "lead-2", "worked-before", "statement", "heard")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def eoi():
    return ExpressionOfInterestFactory(school=SchoolFactory(name="Maidenhill School"))


@pytest.fixture
def client(eoi):
    return signed_in(eoi.begun_by)


def url(name, *args):
    return reverse(f"applications:{name}", args=args)


def begin_url(round_, school):
    return f"{url('begin')}?urn={school.urn}&edition={round_.edition_id}"


def text(answer):
    return " ".join(answer.content.decode().split())


# --- Begin --------------------------------------------------------------------------------------------------------
def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_beginning():
    round_, school = RoundFactory(), SchoolFactory()

    answer = Client().get(begin_url(round_, school))

    assert answer.status_code == 302
    assert f"urn%3D{school.urn}" in answer["Location"]


def test_beginning_leads_back_to_the_check_it_came_from():
    round_, school = RoundFactory(), SchoolFactory()

    page = text(signed_in(UserFactory()).get(f"{begin_url(round_, school)}&round={round_.pk}"))

    address = f"{url('check', school.pk)}?edition={round_.edition_id}&amp;round={round_.pk}"
    assert f'<a class="govuk-back-link" href="{address}">' in page


def test_beginning_tells_that_a_colleague_began_and_no_name():
    round_, school = RoundFactory(), SchoolFactory()
    first = UserFactory(name="Jo Marsh")
    signed_in(first).post(begin_url(round_, school), {"once": uuid4()})

    page = text(signed_in(UserFactory()).get(begin_url(round_, school)))

    assert "A colleague has begun a form" in page
    assert "Jo Marsh" not in page
    assert first.email not in page


def test_the_name_is_asked_where_the_portal_does_not_know_it():
    round_, school = RoundFactory(), SchoolFactory()
    client = signed_in(UserFactory(name=""))

    answer = client.post(begin_url(round_, school), {"once": uuid4()})

    assert answer.status_code == 422
    assert "Enter your full name" in text(answer)


def test_a_closed_round_says_so_and_begins_nothing():
    round_, school = RoundFactory(closed=True), SchoolFactory()
    client = signed_in(UserFactory())

    page = text(client.get(begin_url(round_, school)))
    client.post(begin_url(round_, school), {"once": uuid4()})

    assert "You cannot begin yet" in page
    assert "Begin the form" not in page
    assert not ExpressionOfInterest.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?urn=999999", "?urn=100000&edition=x", "?edition=00000000-0000-0000-0000-000000000000"]
)
def test_what_names_no_school_or_edition_is_not_found(query):
    assert signed_in(UserFactory()).get(url("begin") + query).status_code == 404


# --- Who may see ----------------------------------------------------------------------------------------------------
def test_a_draft_is_seen_by_its_editors_alone(eoi, client):
    lead = HubMembershipFactory(hub=eoi.round.hub).user
    coordinator = SchoolMembershipFactory(school=eoi.school).user

    assert client.get(url("task_list", eoi.pk)).status_code == 200
    for stranger in (UserFactory(), coordinator):
        assert signed_in(stranger).get(url("task_list", eoi.pk)).status_code == 404
    assert not ExpressionOfInterest.objects.visible_to(lead).filter(pk=eoi.pk).exists()


def test_a_coordinator_sees_a_sent_form_and_may_not_change_it():
    eoi = ExpressionOfInterestFactory(signing=True)
    client = signed_in(SchoolMembershipFactory(school=eoi.school).user)

    assert client.get(url("task_list", eoi.pk)).status_code == 200
    assert client.post(url("revise", eoi.pk)).status_code == 403
    assert client.get(url("page", eoi.pk, "people")).status_code == 403
    assert ExpressionOfInterest.objects.get().state == "signing"


def test_the_page_of_a_role_that_opens_nothing_leads_to_ones_own_pages():
    eoi = ExpressionOfInterestFactory(signing=True)
    client = signed_in(SchoolMembershipFactory(school=eoi.school).user)

    page = text(client.post(url("revise", eoi.pk)))

    assert f'<a class="govuk-link" href="{reverse("reports:home")}">go to your own pages</a>' in page


def test_the_list_shows_ones_own_forms(client, eoi):
    ExpressionOfInterestFactory()

    page = text(client.get(url("own_forms")))

    assert eoi.reference in page
    assert page.count("HP-") == 1


# --- Queries ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", PAGES)
def test_a_page_of_the_form_asks_at_most_eight_queries(client, eoi, slug):
    EnrolmentFactory(school=eoi.school, edition=EditionFactory(year=2026))
    client.get(url("page", eoi.pk, slug))

    with queries(at_most=8):
        assert client.get(url("page", eoi.pk, slug)).status_code == 200


def test_a_page_asks_the_same_with_one_editor_and_with_many(client, eoi):
    with queries() as few:
        client.get(url("page", eoi.pk, "people"))
    for _ in range(10):
        EditorFactory(eoi=eoi)
    with queries() as many:
        client.get(url("page", eoi.pk, "people"))

    assert len(many) == len(few)


@pytest.mark.parametrize("name", ["task_list", "check_answers"])
def test_task_list_and_check_ask_a_fixed_number(client, eoi, name):
    with queries(at_most=34):
        assert client.get(url(name, eoi.pk)).status_code == 200


# --- Pages ------------------------------------------------------------------------------------------------------------
def save(client, eoi, slug, *, version=None, **data):
    seen = ExpressionOfInterest.objects.get(pk=eoi.pk).version if version is None else version
    return client.post(url("page", eoi.pk, slug), {"version": seen, **data})


def test_the_meter_and_the_missing_role_are_said_on_the_task_list(client, eoi):
    Nominee.objects.filter(eoi=eoi, position="lead_1").update(senior=False)
    Nominee.objects.filter(eoi=eoi, position="lead_2").update(role_code="", role="")

    page = text(client.get(url("task_list", eoi.pk)))

    assert "Both Mastery Advocates are named. Nobody among them is senior: a head of department" in page
    assert "Role missing" in page
    assert "Cannot start yet" in page


def test_continue_asks_for_everything_and_later_keeps_what_there_is(client, eoi):
    half = {"head-name": "Ian Bell", "head-email": "i.bell@larkhill.gloucs.example"}

    refused = save(client, eoi, "people", **half)
    assert refused.status_code == 422
    assert "Choose the post of who signs as headteacher" in text(refused)
    assert "Ian Bell" in text(refused)  # nothing typed is lost
    kept = save(client, eoi, "people", **half, later="yes")

    assert kept["Location"] == url("task_list", eoi.pk)
    assert Nominee.objects.get(eoi=eoi, position="head").name == "Ian Bell"


@pytest.mark.parametrize("version", ["1", "", "x", "-1", "9" * 40, "٣"])
def test_a_stale_page_shows_both_versions_and_overwrites_nothing(client, eoi, version):
    colleague = UserFactory(name="Jo Marsh")
    EditorFactory(eoi=eoi, user=colleague)
    drafts.save_page(
        eoi_id=eoi.pk, page="statement", seen=1, by=colleague, now=NOW, answers={"statement": "Theirs, saved first."}
    )

    answer = save(client, eoi, "statement", version=version, statement="Mine, typed meanwhile.")

    assert answer.status_code == 422
    for words in ("Jo Marsh", "Theirs, saved first.", "Mine, typed meanwhile."):
        assert words in text(answer)
    assert Answer.objects.get(eoi=eoi, code="statement").text == "Theirs, saved first."
    save(client, eoi, "statement", statement="Mine, with open eyes.")
    assert Answer.objects.get(eoi=eoi, code="statement").text == "Mine, with open eyes."


def test_more_than_200_words_are_taken_and_more_than_2000_characters_are_not(client, eoi):
    assert save(client, eoi, "statement", statement="word " * 300).status_code == 302
    assert save(client, eoi, "statement", statement="w" * 2001).status_code == 422


def test_a_number_is_padded_masked_and_kept_when_left_empty(client, eoi):
    person = {"name": "Amira Khan", "email": "a.khan@larkhill.gloucs.example", "role_code": "teacher", "senior": "no"}
    save(client, eoi, "lead-1", **person, trn="12 34 56")
    hash_ = Nominee.objects.get(eoi=eoi, position="lead_1").trn_hash

    page = text(client.get(url("page", eoi.pk, "lead-1")))
    save(client, eoi, "lead-1", **person)

    assert "****456" in page
    assert "0123456" not in page
    assert Nominee.objects.get(eoi=eoi, position="lead_1").trn_hash == hash_
    assert save(client, eoi, "lead-1", **person, trn="12").status_code == 422


def test_a_head_of_department_is_senior_by_role_and_copied_by_one_tick(client, eoi):
    save(client, eoi, "lead-1", is_backer="on", role_code="head_of_department")

    nominee = Nominee.objects.get(eoi=eoi, position="lead_1")
    leader = Nominee.objects.get(eoi=eoi, position="head_of_department")
    assert (nominee.name, nominee.senior, nominee.person_uuid) == (leader.name, True, leader.person_uuid)


def test_the_experience_of_others_is_asked(client, eoi):
    answer = save(client, eoi, "lead-1", name="A", email="a@s.example", role_code="teacher")

    assert "Say whether they are experienced" in text(answer)


def test_warnings_are_said_and_block_nothing(client, eoi):
    people = {
        "head-post": "headteacher", "head-name": "Helen Carter", "head-email": "office@gmail.com",
        "head-of-department-post": "vacant", "head-of-department-name": "Jo Marsh",
        "head-of-department-email": "office@gmail.com",
    }  # fmt: skip

    answer = client.post(url("page", eoi.pk, "people"), {"version": 1, **people}, follow=True)

    assert "office@gmail.com is not at an address that we know of the school" in text(answer)
    assert f'<a class="govuk-link" href="{url("page", eoi.pk, "people")}">Back to “Headteacher' in text(answer)
    assert "Helen Carter and Jo Marsh share the address" in text(answer)
    assert Nominee.objects.get(eoi=eoi, position="head").email == "office@gmail.com"


@pytest.mark.parametrize(("words", "short"), [(1, True), (99, True), (100, False)])
def test_a_short_statement_can_be_sent_all_the_same(client, eoi, words, short):
    Answer.objects.filter(eoi=eoi, code="statement").update(text="word " * words)

    said = text(client.get(url("check_answers", eoi.pk)))

    assert (f"This is short: {words} of about 150 words. It can be sent all the same." in said) is short
    assert "Send for signature" in said


def test_nobody_in_years_7_to_9_is_worth_a_second_look(client, eoi):
    Nominee.objects.filter(eoi=eoi, position__in=Nominee.LEADS).update(year_groups=["Y10", "Y11"])

    assert "Neither Mastery Advocate teaches Years 7 to 9" in text(client.get(url("check_answers", eoi.pk)))


def test_the_telephone_is_asked_where_the_register_has_none():
    eoi = ExpressionOfInterestFactory(school=SchoolFactory(telephone=""))
    client = signed_in(eoi.begun_by)

    assert "Telephone missing" in text(client.get(url("task_list", eoi.pk)))
    answer = save(client, eoi, "school", register="right", hub=str(eoi.round_id), telephone="01242 555100")

    assert answer.status_code == 302
    assert ExpressionOfInterest.objects.get().telephone == "01242 555100"


def test_another_hub_needs_a_line_of_reason_and_i_do_not_know_is_an_answer(client, eoi):
    far = RoundFactory(edition=eoi.edition, hub__area=LocalAuthorityFactory(code="878", name="Devon"))
    choice = {"register": "right", "hub": "other", "other_hub": str(far.pk)}

    assert save(client, eoi, "school", **choice).status_code == 422
    save(client, eoi, "school", **choice, hub_reason="Our trust works with it")
    assert ExpressionOfInterest.objects.get().round == far

    near = RoundFactory(edition=eoi.edition)  # now two hubs share the authority
    save(client, eoi, "school", register="right", hub="unsure")
    now = ExpressionOfInterest.objects.get()
    assert (now.hub_unsure, now.hub_reason, now.round in (eoi.round, near)) == (True, "", True)


def test_a_hub_that_is_no_choice_cannot_be_posted(client, eoi):
    closed = RoundFactory(edition=eoi.edition, closed=True)
    primary = RoundFactory(edition=EditionFactory(primary=True))

    for round_ in (closed, primary):
        assert save(client, eoi, "school", register="right", hub=str(round_.pk)).status_code == 422
    assert ExpressionOfInterest.objects.get().round == eoi.round


def test_extra_keys_in_a_post_change_nothing(client, eoi):
    before = ExpressionOfInterest.objects.values().get()
    extra = {"state": "accepted", "reference": "HP-AAAA-AA", "submitted_at": "2027-01-01", "lane": "x", "sent_at": "x"}

    save(client, eoi, "statement", statement="Why not, indeed.", **extra)

    after = ExpressionOfInterest.objects.values().get()
    for name in ("state", "reference", "submitted_at", "lane", "sent_at", "round_id", "school_id"):
        assert after[name] == before[name]


def test_primary_pages_never_say_department_advocate_or_key_stage_3():
    eoi = ExpressionOfInterestFactory(
        round__edition=EditionFactory(primary=True), school=SchoolFactory(primary=True), answers__statement="Why not."
    )
    client = signed_in(eoi.begun_by)
    pages = [url("task_list", eoi.pk), url("check_answers", eoi.pk), *[url("page", eoi.pk, slug) for slug in PAGES]]

    for page in pages:
        said = re.sub("<[^>]*>", " ", text(client.get(page))).lower()
        for word in ("department", "advocate", "key stage 3"):
            assert word not in said, (page, said[said.index(word) - 80 : said.index(word) + 80])


def test_a_special_school_says_maths_lead():
    eoi = ExpressionOfInterestFactory(school=SchoolFactory(special=True))

    page = text(signed_in(eoi.begun_by).get(url("task_list", eoi.pk)))

    assert "Headteacher and maths lead" in page
    assert "ead of department" not in page


def test_the_portals_own_record_stands_above_the_question(client, eoi):
    EnrolmentFactory(school=eoi.school, edition=EditionFactory(year=2025))

    assert "Secondary Development 2025/26" in text(client.get(url("page", eoi.pk, "worked-before")))


@pytest.mark.parametrize("slug", ["nothing", "lead-3", "people-x"])
def test_a_page_that_the_form_does_not_have_is_not_found(client, eoi, slug):
    assert client.get(url("page", eoi.pk, slug)).status_code == 404


# --- Check and send -----------------------------------------------------------------------------------------------
def test_all_objections_are_shown_at_once_with_the_page_that_mends_them():
    eoi = ExpressionOfInterestFactory(
        school=SchoolFactory(independent=True, phase="4"), nominees__lead_1={"senior": False}
    )
    client = signed_in(eoi.begun_by)

    page = text(client.get(url("check_answers", eoi.pk)))
    answer = client.post(url("check_answers", eoi.pk))

    assert "which the state does not fund" in page
    assert "must be an experienced teacher" in page
    assert url("page", eoi.pk, "lead-1") in page
    assert "Send for signature</button>" not in page
    assert answer.status_code == 422
    assert not SignatureRequest.objects.exists()


def test_a_form_that_was_sent_shows_its_standing_and_its_pages_lead_there():
    eoi = ExpressionOfInterestFactory(signing=True)
    client = signed_in(eoi.begun_by)

    assert "Sent for signature" in text(client.get(url("task_list", eoi.pk)))
    for page in (url("page", eoi.pk, "people"), url("check_answers", eoi.pk)):
        assert client.get(page)["Location"] == url("task_list", eoi.pk)


@pytest.mark.parametrize(
    "state", ["signing", "submitted", "reserve", "offered", "accepted", "not_chosen", "refused", "lapsed", "withdrawn"]
)
def test_every_state_has_its_page(state):
    eoi = ExpressionOfInterestFactory(**{state: True})

    answer = signed_in(eoi.begun_by).get(url("task_list", eoi.pk))

    assert answer.status_code == 200
    assert eoi.reference in text(answer)


def test_withdrawing_needs_a_tick(client, eoi):
    assert client.post(url("withdraw", eoi.pk), {"reason": "No cover"}).status_code == 422
    assert client.post(url("withdraw", eoi.pk), {"reason": "No cover", "sure": "on"}).status_code == 302
    assert ExpressionOfInterest.objects.get().state == "withdrawn"
    assert client.get(url("withdraw", eoi.pk)).status_code == 302


# --- Sending again ----------------------------------------------------------------------------------------------------
def test_before_a_form_is_sent_again_its_pages_say_who_signs_again_and_why():
    eoi = ExpressionOfInterestFactory(signing=True)
    sign(eoi, by=["head", "lead"])
    client = signed_in(eoi.begun_by)
    client.post(url("revise", eoi.pk))
    stand = text(client.get(url("task_list", eoi.pk)))
    another_person(Nominee.objects.get(eoi=eoi, position="lead_2"), name="Rosa Lind", email="r.lind@s.example")

    pages = [text(client.get(url(name, eoi.pk))) for name in ("task_list", "check_answers")]

    assert "every signature stands" in stand
    for page in pages:
        assert "two people have to sign again" in page
        assert "<strong>Helen Carter</strong> signs again: the Mastery Advocates changed." in page
    assert "<strong>Tom Ellis</strong><br>Is asked no more." in pages[1]


# --- Forms that are over ------------------------------------------------------------------------------------------
def happened(eoi):
    """The steps on the page of a form as (what, whether it is said to be done), and the whole page."""
    page = text(signed_in(eoi.begun_by).get(url("task_list", eoi.pk)))
    steps = re.findall(r'app-steps__item(?: app-steps__item(--\w+))?"><span class="app-steps__what">(.*?)<', page)
    return [(what, done == "--done") for done, what in steps], page


def test_a_draft_that_lapsed_was_never_sent_and_the_hub_can_open_it_again():
    eoi = ExpressionOfInterestFactory(lapsed=True)

    steps, page = happened(eoi)

    assert steps == [("Form begun", True), ("The form lapsed", True)]
    assert "was not sent for signature in time" in page
    assert "it can open this form again" in page
    assert eoi.round.contact_email in page
    assert reverse("applications:check", args=[eoi.school_id]) in page
    assert "What happens next" not in page


def test_a_lapsed_offer_says_that_the_hub_had_decided():
    eoi = ExpressionOfInterestFactory(offered=True, lapsed=True)

    steps, page = happened(eoi)

    hub = eoi.round.hub.name
    assert [what for what, done in steps if done] == [
        "Form begun", "Sent for signature", "Everyone signed", f"{hub} offered a place", "The offer lapsed",
    ]  # fmt: skip
    assert len(steps) == 5
    assert f"While it has a place, {hub} can offer it again." in page


def test_a_form_that_was_sent_back_has_one_date_wherever_it_is_told():
    eoi = ExpressionOfInterestFactory(submitted=True)
    deciding.return_(
        eoi_id=eoi.pk,
        by=a_lead_of(eoi),
        now=NOW,
        words="Name a second advocate.",
        correct_by=london(date(2027, 4, 2), 0),
    )
    client = signed_in(eoi.begun_by)

    letter = Message.objects.get(subject_id=eoi.pk, subject__contains="correct")
    told = [letter.text, text(client.get(url("task_list", eoi.pk))), text(client.get(reverse("reports:home")))]

    for each in told:
        assert "Thursday 1 April 2027, 11:59pm" in each
        assert "2 April" not in each
        assert "28 May" not in each
    assert "“Name a second advocate.”" in told[1]


def test_once_a_form_could_not_be_sent_again_it_is_not_opened_to_lapse(clock):
    eoi = ExpressionOfInterestFactory()
    sending.send_for_signature(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    client = signed_in(eoi.begun_by)
    last = "Open the form again"
    clock.at(date(2027, 6, 11), 23, 59)
    before = text(client.get(url("task_list", eoi.pk)))
    clock.at(date(2027, 6, 12), 0)

    after = text(client.get(url("task_list", eoi.pk)))
    answer = client.post(url("revise", eoi.pk), follow=True)

    eoi.refresh_from_db()
    assert (last in before, last in after, eoi.state) == (True, False, "signing")
    assert "The time for signing has passed. Ask the hub for more time" in text(answer)


def test_once_the_time_for_signing_has_ended_the_page_asks_for_no_signature_but_leads_to_the_hub(clock):
    eoi = ExpressionOfInterestFactory(begun_by__email="j.marsh@school.example")
    eoi.nominees.filter(position="head_of_department").update(email="j.marsh@school.example")
    sending.send_for_signature(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    before = text(signed_in(eoi.begun_by).get(url("task_list", eoi.pk)))
    clock.at(date(2027, 6, 12), 0)

    after = text(signed_in(eoi.begun_by).get(url("task_list", eoi.pk)))

    asked, ended = "Your own signature is asked for", "The time for signing ended on Friday 11 June 2027, 11:59pm"
    assert (asked in before, ended in before) == (True, False)
    assert (asked in after, ended in after) == (False, True)
    assert eoi.round.contact_email in after


def test_a_form_whose_signatures_did_not_come_says_how_many_did_and_who_did_not_sign():
    eoi = ExpressionOfInterestFactory(signing=True)
    sign(eoi, by=["head"])
    deciding.let_lapse(eoi_id=eoi.pk, by=a_lead_of(eoi), now=eoi.signing_ends(), words="")

    steps, page = happened(eoi)

    assert ("1 of 4 signed", False) in steps
    assert "Signatures: 1 of 4" in page
    assert page.count("Did not sign") == 3
    assert "The sealed commitment is being made" not in page


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_while_the_round_is_open_the_page_of_an_ended_form_leads_to_a_new_one(state):
    eoi = ExpressionOfInterestFactory(**{state: True})

    _, page = happened(eoi)

    assert f"{url('begin')}?urn={eoi.school_id}&amp;edition={eoi.edition_id}" in page


def test_a_page_that_may_be_left_out_is_optional_and_is_not_skipped_unseen(client, eoi):
    Answer.objects.filter(eoi=eoi, code="heard").update(text="")
    words = Answer.objects.get(eoi=eoi, code="statement").text

    before = text(client.get(url("task_list", eoi.pk)))
    to = save(client, eoi, "statement", statement=words)["Location"]
    save(client, eoi, "heard", heard="")
    then = save(client, eoi, "statement", statement=words)["Location"]

    assert '<strong class="app-tag app-tag--grey">Optional</strong>' in before
    assert (to, then) == (url("page", eoi.pk, "heard"), url("task_list", eoi.pk))


def test_a_form_that_is_opened_again_has_no_more_days_left_than_before(clock):
    eoi = ExpressionOfInterestFactory(signing=True)
    client = signed_in(eoi.begun_by)
    client.post(url("revise", eoi.pk))

    page = text(client.get(url("task_list", eoi.pk)))

    assert "71 days left" in page
    assert "Send it again by <strong>Friday 28 May 2027, 11:59pm</strong>." in page
    assert "Signatures may follow until Friday 11 June 2027." in page


def test_once_the_round_has_closed_sending_again_and_signing_end_on_one_day_that_is_said_once(clock):
    eoi = ExpressionOfInterestFactory(signing=True)
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    clock.at(date(2027, 6, 1))

    page = text(signed_in(eoi.begun_by).get(url("task_list", eoi.pk)))

    assert page.count("11 June 2027") == 1
    assert "10 days left" in page
    assert "By then everyone has to have signed as well." in page


# --- What an answer asks besides --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("slug", "radio", "group", "inside"),
    [
        ("school", 'value="differs"', "our_address-group", 'name="our_address"'),
        ("lead-1", 'value="other"', "role-group", 'name="role"'),
        ("worked-before", 'value="yes"', "worked_before_what-group", 'name="worked_before_what"'),
    ],
)
def test_an_answer_says_which_fields_it_unfolds_and_they_stand_in_their_group(client, eoi, slug, radio, group, inside):
    page = text(client.get(url("page", eoi.pk, slug)))

    assert re.search(rf'<input [^>]*{radio}[^>]*data-unfolds="{group}">', page)
    unfolds = page.split(f'<div class="app-unfolds" id="{group}">')[1]
    assert inside in unfolds
    assert unfolds.index(inside) < unfolds.index("</div></div>")


def test_what_only_a_yes_asks_is_neither_kept_nor_shown_after_a_no(client, eoi):
    save(client, eoi, "worked-before", worked_before="no", worked_before_what="Ruth Vane, two visits")

    page = text(client.get(url("check_answers", eoi.pk)))

    assert Answer.objects.get(eoi=eoi, code="worked_before_what").text == ""
    assert "If yes, who" not in page


def test_heads_are_not_asked_why_they_leave_their_number_out(client, eoi):
    page = text(client.get(url("page", eoi.pk, "people")))

    assert "Teacher reference number (optional)" in page
    assert "why?" not in page
