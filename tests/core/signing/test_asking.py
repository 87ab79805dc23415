"""Who is asked to sign, who is asked again, and who is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from core.audit.log import history
from core.links.models import Link
from core.signing import chain, services
from core.signing.models import SignatureRequest
from core.signing.states import NotAllowed, State
from tests.clock import NOW
from tests.factories.signing import DAY, KIND, TEXT, ask, asked, person, sign, two_people

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def states(subject_id):
    return sorted(SignatureRequest.objects.filter(subject_id=subject_id).values_list("state", flat=True))


def test_each_person_gets_one_request_and_one_link_for_all_their_roles():
    people = two_people()

    head, lead = ask(people)

    assert [head.request.roles, lead.request.roles] == [["head"], ["head_of_department", "lead"]]
    assert lead.request.post == {"head_of_department": "Head of department", "lead": "Mastery Advocate"}
    assert head.request.text_sha256 == chain.text_sha256(TEXT)
    assert (head.request.link.email, head.request.link.subject_id) == (people[0].email, head.request.pk)
    assert head.url.startswith("http://127.0.0.1:8000/l/")
    assert services.request_of(head.request.link) == head.request


def test_a_person_listed_twice_is_a_mistake():
    one = person()

    with pytest.raises(ValueError, match="once"):
        ask([one, one])


def test_who_has_not_answered_and_who_signed_the_same_text_are_left_out_when_asked_again():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    sign(first[0])

    assert ask(people, subject_id=subject, valid_until=DAY + timedelta(days=7), now=LATER) == []

    waiting = SignatureRequest.objects.get(pk=first[1].request.pk)
    assert (waiting.valid_until, waiting.link.valid_until) == (DAY + timedelta(days=7),) * 2
    assert states(subject) == ["asked", "signed"]


def test_who_is_asked_and_has_lost_the_link_to_time_gets_a_new_one():
    people, subject = two_people(), uuid4()
    ask(people, subject_id=subject)

    again = ask(people, subject_id=subject, valid_until=DAY + timedelta(days=9), now=DAY + timedelta(hours=1))

    assert len(again) == 2


@pytest.mark.parametrize(
    "change",
    [{"text": f"{TEXT} More."}, {"roles": ("head", "lead")}, {"email": "new@school.example"}],
    ids=["text", "roles", "address"],
)
def test_whose_text_roles_or_address_changed_is_asked_anew_and_the_old_link_ends(change):
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    sign(first[0])

    again = ask([replace(people[0], **change), people[1]], subject_id=subject, now=LATER)

    assert [each.request.person_uuid for each in again] == [people[0].person_uuid]
    assert states(subject) == ["asked", "asked", "ended"]
    old = Link.objects.get(pk=first[0].request.link_id)
    assert not old.opens(LATER)
    assert not services.all_signed(KIND, subject)


def test_a_signature_on_the_text_that_is_the_present_one_again_counts_again():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    sign(first[0])
    ask([replace(people[0], text="Another promise."), people[1]], subject_id=subject)

    assert ask(people, subject_id=subject, now=LATER) == []

    assert {s.state for s in services.standing(KIND, subject)} == {State.SIGNED, State.ASKED}


def test_a_void_signature_never_counts_again():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    [signature] = sign(first[0])
    services.void(signature_id=signature.pk, why="Signed by someone else.", by=None, now=LATER)

    again = ask(people, subject_id=subject, now=LATER)

    assert [each.request.person_uuid for each in again] == [people[0].person_uuid]


def test_who_is_no_longer_listed_is_asked_no_more_and_their_link_ends():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)

    ask(people[:1], subject_id=subject, now=LATER)

    assert [s.request.person_uuid for s in services.standing(KIND, subject)] == [people[0].person_uuid]
    assert not Link.objects.get(pk=first[1].request.link_id).is_open(LATER)


def test_who_said_no_is_asked_anew():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    services.refuse(request_id=first[0].request.pk, reason="Not this year.", now=NOW)

    again = ask(people, subject_id=subject, now=LATER)

    assert [each.request.person_uuid for each in again] == [people[0].person_uuid]


def test_the_database_holds_one_open_request_per_person():
    one = asked().request

    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureRequest.objects.create(
            kind=one.kind,
            subject_id=one.subject_id,
            person_uuid=one.person_uuid,
            name="x",
            email="x@school.example",
            roles=["head"],
            text="x",
            text_sha256="x",
            content_sha256="x",
            valid_until=DAY,
            asked_at=NOW,
        )


def test_a_reissue_ends_the_old_link_goes_to_the_address_on_file_and_is_on_record():
    one = asked()

    again = services.reissue(request_id=one.request.pk, by=None, now=LATER)

    assert (again.request.pk, again.request.link.email) == (one.request.pk, one.request.email)
    assert again.url != one.url
    assert not Link.objects.get(pk=one.request.link_id).opens(LATER)
    assert [event.action for event in history(again.request)] == ["signing.link_reissued"]


def test_a_reminder_carries_a_new_link_and_its_time_is_kept():
    one = asked()

    again = services.remind(request_id=one.request.pk, by=None, now=LATER)

    assert SignatureRequest.objects.get(pk=one.request.pk).reminded_at == LATER
    assert again.url != one.url


def test_after_its_time_only_a_new_time_gives_a_new_link():
    one, late = asked(), DAY + timedelta(minutes=1)

    with pytest.raises(NotAllowed, match="time for signing has passed"):
        services.reissue(request_id=one.request.pk, by=None, now=late)
    again = services.reissue(request_id=one.request.pk, by=None, now=late, valid_until=late + timedelta(days=7))

    assert again.request.link.valid_until == late + timedelta(days=7)


def test_who_has_signed_gets_no_new_link():
    one = asked()
    sign(one)

    with pytest.raises(NotAllowed):
        services.reissue(request_id=one.request.pk, by=None, now=NOW)


def test_ending_all_leaves_signed_ones_with_their_receipt():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    sign(first[0])

    assert services.end_all(kind=KIND, subject_id=subject, why="Withdrawn.", now=LATER) == 1

    assert states(subject) == ["ended", "signed"]
    assert Link.objects.get(pk=first[0].request.link_id).shows_receipt(LATER)
    assert not Link.objects.get(pk=first[1].request.link_id).opens(LATER)


def test_extending_moves_the_time_of_who_has_not_signed():
    people, subject = two_people(), uuid4()
    first = ask(people, subject_id=subject)
    sign(first[0])

    moved = services.extend(kind=KIND, subject_id=subject, valid_until=DAY + timedelta(days=5), now=NOW)

    assert moved == 1
    assert Link.objects.get(pk=first[1].request.link_id).valid_until == DAY + timedelta(days=5)
    assert SignatureRequest.objects.get(pk=first[0].request.pk).valid_until == DAY


def test_someone_else_signs_ends_request_and_link_and_keeps_what_was_said():
    one = asked()

    request = services.hand_over(
        request_id=one.request.pk, reason="Ann Lee, deputy head.", now=NOW, link_id=one.request.link_id
    )

    assert (request.state, request.reason) == (State.HANDED_OVER, "Ann Lee, deputy head.")
    assert not Link.objects.get(pk=one.request.link_id).opens(NOW)
    with pytest.raises(NotAllowed, match="Somebody else"):
        sign(one, link_id=None)


def test_how_many_subjects_stand_is_one_query_whatever_their_number(django_assert_num_queries):
    subjects = [uuid4() for _ in range(5)]
    for subject in subjects:
        for each in ask(two_people(), subject_id=subject):
            sign(each)

    with django_assert_num_queries(1):
        found = services.standing_of(KIND, subjects)
        read = [(s.request.name, s.request.email, s.state) for s in found[subjects[0]]]

    assert {len(found[subject]) for subject in subjects} == {2}
    assert [state for _, _, state in read] == [State.SIGNED, State.SIGNED]


def test_how_one_subject_stands_is_two_queries_and_has_its_signatures(django_assert_num_queries):
    subject = uuid4()
    for each in ask(two_people(), subject_id=subject):
        sign(each)

    with django_assert_num_queries(2):
        found = services.standing(KIND, subject)

    assert sum(len(s.signatures) for s in found) == 3


def test_nobody_asked_is_not_all_signed():
    assert not services.all_signed(KIND, uuid4())
