"""What it takes to sign, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from core.links.models import Link
from core.signing import chain, services
from core.signing.models import ChainHead, ChainLink, Signature, SignatureRequest
from core.signing.services import AlreadySigned
from core.signing.states import NotAllowed, State
from tests.clock import NOW
from tests.core.signing.tampering import unguarded
from tests.factories.signing import DAY, KIND, STATEMENT, ask, asked, sign, two_people
from tests.races import race

pytestmark = pytest.mark.django_db


def test_a_person_signs_once_for_all_their_roles_with_a_row_for_each():
    _, both = ask(two_people())

    rows = sign(both)

    assert [(row.role, row.post) for row in rows] == [
        ("head_of_department", "Head of department"),
        ("lead", "Mastery Advocate"),
    ]
    assert {row.request_id for row in rows} == {both.request.pk}


def test_the_row_keeps_who_what_when_where_and_the_exact_text():
    one = asked()

    [row] = sign(one, typed_name="  Helen   Carter ")
    row.refresh_from_db()

    assert (row.typed_name, row.email, row.role, row.post) == ("Helen Carter", one.request.email, "head", "Headteacher")
    assert (row.text, row.text_sha256) == (one.request.text, chain.text_sha256(one.request.text))
    assert (row.statement, row.grade, row.signed_at) == (STATEMENT, "B", NOW)
    assert (row.address, row.browser, row.link_id) == ("192.0.2.7", "Mozilla/5.0", one.request.link_id)
    assert row.terms_version == "secondary-development 1"
    assert row.evidence == chain.evidence_of(row)


def test_the_link_that_signed_shows_its_receipt_for_thirty_days_and_no_longer():
    one = asked()

    sign(one)

    link = Link.objects.get(pk=one.request.link_id)
    assert not link.is_open(NOW)
    assert link.shows_receipt(NOW + timedelta(days=29))
    assert not link.opens(NOW + timedelta(days=31))


def test_all_have_signed_only_when_the_last_one_has():
    subject = uuid4()
    head, lead = ask(two_people(), subject_id=subject)

    sign(head)
    before = services.all_signed(KIND, subject)
    sign(lead)

    assert (before, services.all_signed(KIND, subject)) == (False, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"typed_name": "  "}, "Type your full name"),
        ({"typed_name": "\u202e\u200b"}, "Type your full name"),
        ({"roles": set()}, "Tick each of the roles"),
        ({"roles": {"head", "lead"}}, "Tick each of the roles"),
        ({"statement": " "}, "Tick the statement"),
        ({"link_id": uuid4()}, "This link has ended"),
        ({"now": DAY}, "This link has ended"),
        ({"now": DAY, "link_id": None}, "The time for signing has passed"),
    ],
)
def test_a_signature_is_refused_and_nothing_is_kept(change, words):
    one = asked()

    with pytest.raises(NotAllowed, match=words):
        sign(one, **change)

    assert Signature.objects.count() == ChainLink.objects.count() == 0
    assert SignatureRequest.objects.get(pk=one.request.pk).state == State.ASKED


def test_an_older_link_signs_nothing_once_it_was_reissued():
    one = asked()
    services.reissue(request_id=one.request.pk, by=None, now=NOW)

    with pytest.raises(NotAllowed, match="This link has ended"):
        sign(one)


def test_who_is_signed_in_signs_without_a_link_and_the_mailed_one_ends():
    one = asked()

    [row] = sign(one, link_id=None, grade="A")

    assert row.link_id is None
    assert not Link.objects.get(pk=one.request.link_id).is_open(NOW)


def test_who_said_no_may_change_their_mind_with_a_new_link():
    one = asked()
    services.refuse(request_id=one.request.pk, reason="Not this year.", now=NOW, link_id=one.request.link_id)
    again = services.reissue(request_id=one.request.pk, by=None, now=NOW)

    sign(again)

    request = SignatureRequest.objects.get(pk=one.request.pk)
    assert (request.state, request.reason) == (State.SIGNED, "")


def test_a_no_keeps_its_reason_ends_the_link_and_leaves_other_signatures():
    subject = uuid4()
    head, lead = ask(two_people(), subject_id=subject)
    sign(lead)

    services.refuse(request_id=head.request.pk, reason="No release days left.", now=NOW, link_id=head.request.link_id)

    standing = {s.request.pk: (s.state, len(s.signatures)) for s in services.standing(KIND, subject)}
    assert standing == {head.request.pk: ("refused", 0), lead.request.pk: ("signed", 2)}
    assert SignatureRequest.objects.get(pk=head.request.pk).reason == "No release days left."
    link = Link.objects.get(pk=head.request.link_id)
    assert (link.is_open(NOW), link.shows_receipt(NOW)) == (False, True)


def test_a_no_after_signing_is_refused():
    one = asked()
    sign(one)

    with pytest.raises(NotAllowed):
        services.refuse(request_id=one.request.pk, reason="", now=NOW)


def test_a_second_signing_of_the_same_request_is_told_it_is_done():
    one = asked()
    sign(one)

    with pytest.raises(AlreadySigned):
        sign(one)

    assert Signature.objects.count() == 1


def test_a_void_follows_in_the_chain_and_takes_the_signature_out_of_what_stands():
    subject = uuid4()
    head, _ = ask(two_people(), subject_id=subject)
    [row] = sign(head)

    services.void(signature_id=row.pk, why="Signed by someone else.", by=None, now=NOW)

    assert ChainHead.objects.get().number == 2
    assert [s.state for s in services.standing(KIND, subject)] == ["asked"]
    with pytest.raises(NotAllowed):
        services.void(signature_id=row.pk, why="Again.", by=None, now=NOW)


@pytest.mark.parametrize("table", ["signature", "signaturevoid", "chainlink", "chainhead"])
def test_evidence_is_never_deleted_and_never_changed(table):
    [row] = sign(asked())
    services.void(signature_id=row.pk, why="Signed by someone else.", by=None, now=NOW)
    changes = [f"DELETE FROM signing_{table}", f"UPDATE signing_{table} SET number = number"]  # noqa: S608

    for change in changes:
        with pytest.raises(IntegrityError, match=r"never|one link at a time"), transaction.atomic():
            connection.cursor().execute(change)


def test_without_the_guard_the_same_changes_pass():
    sign(asked())

    with unguarded():
        connection.cursor().execute("UPDATE signing_signature SET typed_name = 'Somebody Else'")
        connection.cursor().execute("DELETE FROM signing_chainlink")

    assert Signature.objects.get().typed_name == "Somebody Else"


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_sign_once():
    one = asked()

    outcomes = race(2, lambda number: len(sign(one)))

    assert sorted(outcomes, key=str) == sorted([1, AlreadySigned], key=str)
    assert Signature.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_who_sign_at_once_keep_one_unbroken_chain():
    papers = [ask(two_people()) for _ in range(20)]

    outcomes = race(20, lambda number: sum(len(sign(each)) for each in papers[number]))

    assert outcomes == [3] * 20
    report = chain.verify_chain(now=NOW)
    assert (report.faults, report.links) == ([], 60)
    assert ChainHead.objects.get().number == 60
