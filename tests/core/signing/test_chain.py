"""Every edit, deletion, swap and cut of the evidence is found; a whole chain is not accused."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.signing import chain, services
from core.signing.chain import GENESIS, verify_chain
from core.signing.models import ChainHead, ChainLink, Signature, SignatureVoid
from tests.clock import NOW
from tests.core.signing.tampering import unguarded
from tests.factories.signing import ask, asked, sign, two_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed():
    """Six signatures and a void: seven links."""
    rows = [row for _ in range(2) for each in ask(two_people()) for row in sign(each)]
    services.void(signature_id=rows[0].pk, why="Signed by someone else.", by=None, now=NOW)
    return rows


def sql(statement, *values):
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0


def faults(**options):
    return verify_chain(now=NOW, **options).faults


def test_an_empty_chain_holds():
    report = verify_chain(now=NOW)

    assert (report.holds, report.links, report.head) == (True, 0, f"0:{GENESIS}")


def test_a_chain_that_nobody_touched_holds(signed):
    report = verify_chain(now=NOW, published=chain.head())

    assert (report.faults, report.links, report.emptied) == ([], 7, 0)


def test_evidence_is_spelled_in_one_way_only():
    assert chain.canonical({"b": "Siân", "a": None}) == '{"a":null,"b":"Siân"}'.encode()


def test_each_link_hangs_on_the_one_before(signed):
    links = list(ChainLink.objects.order_by("number"))

    assert [link.previous for link in links] == [GENESIS, *[link.own for link in links[:-1]]]
    assert [link.number for link in links] == list(range(1, 8))


TEXT_COLUMNS = [
    "role", "post", "typed_name", "email", "terms_version", "text", "text_sha256", "content_sha256", "statement",
    "grade", "address", "browser",
]  # fmt: skip


@pytest.mark.parametrize("column", TEXT_COLUMNS)
def test_an_edit_of_any_word_of_a_signature_is_found(signed, column):
    value = {"grade": "A", "text_sha256": "0" * 64, "content_sha256": "0" * 64}.get(column, "changed@school.example")

    sql(f"UPDATE signing_signature SET {column} = %s WHERE number = 2", value)  # noqa: S608

    assert faults()


@pytest.mark.parametrize("column", ["signed_at", "subject_id", "link_id"])
def test_an_edit_of_when_what_or_which_link_is_found(signed, column):
    other = Signature.objects.get(number=4)
    mine = Signature.objects.get(number=2)
    with unguarded():
        value = NOW + timedelta(seconds=1) if column == "signed_at" else getattr(other, column)
        Signature.objects.filter(pk=mine.pk).update(**{column: value})

    assert len(faults()) == 1


def test_an_edit_of_the_evidence_is_found(signed):
    with unguarded():
        evidence = Signature.objects.get(number=2).evidence
        Signature.objects.filter(number=2).update(evidence={**evidence, "typed_name": "Somebody Else"})

    assert len(faults()) == 2  # neither the link nor the row says so


def test_an_edit_of_row_and_evidence_alike_is_found(signed):
    with unguarded():
        evidence = {**Signature.objects.get(number=2).evidence, "typed_name": "Somebody Else"}
        Signature.objects.filter(number=2).update(evidence=evidence, typed_name="Somebody Else")

    assert len(faults()) == 1


def test_an_edit_of_row_evidence_and_link_is_found(signed):
    with unguarded():
        evidence = {**Signature.objects.get(number=2).evidence, "typed_name": "Somebody Else"}
        Signature.objects.filter(number=2).update(evidence=evidence, typed_name="Somebody Else")
        ChainLink.objects.filter(number=2).update(evidence_sha256=chain.sha256(chain.canonical(evidence)))

    assert faults() == ["Link 2 was changed."]


@pytest.mark.parametrize("column", ["evidence_sha256", "previous", "own"])
@pytest.mark.parametrize("number", [1, 3, 7])
def test_an_edit_of_any_link_is_found(signed, column, number):
    sql(f"UPDATE signing_chainlink SET {column} = %s WHERE number = %s", "0" * 64, number)  # noqa: S608

    assert faults()


@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_deleted_signature_is_found(signed, number):
    sql("DELETE FROM signing_signaturevoid")
    sql("DELETE FROM signing_signature WHERE number = %s", number)

    assert f"Link {number} speaks of a row that is gone." in faults()


def test_a_deleted_void_is_found(signed):
    sql("DELETE FROM signing_signaturevoid")

    assert faults() == ["Link 7 speaks of a row that is gone."]


def test_an_edited_void_is_found(signed):
    sql("UPDATE signing_signaturevoid SET why = 'Another reason.'")

    assert len(faults()) == 1


@pytest.mark.parametrize("number", range(1, 8))
def test_any_deleted_link_is_found(signed, number):
    sql("DELETE FROM signing_chainlink WHERE number = %s", number)

    assert faults()


def test_two_signatures_that_changed_places_are_found(signed):
    with unguarded(), connection.cursor() as cursor:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            cursor.execute("UPDATE signing_signature SET number = %s WHERE number = %s", [new, old])

    assert len(faults()) == 2


def test_two_links_that_changed_places_are_found(signed):
    with unguarded(), connection.cursor() as cursor:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            cursor.execute("UPDATE signing_chainlink SET number = %s WHERE number = %s", [new, old])

    assert faults()


def test_a_row_put_in_without_a_link_is_found(signed):
    row = Signature.objects.get(number=6)
    row.pk, row.number, row.role = uuid4(), 8, "another"
    row.save(force_insert=True)

    assert any("which no link has" in fault for fault in faults())


def cut_the_tail(links: int) -> None:
    """Take the last links and their rows away and set the head back, leaving a chain that agrees with itself."""
    with unguarded():
        SignatureVoid.objects.filter(number__gt=links).delete()
        Signature.objects.filter(number__gt=links).delete()
        ChainLink.objects.filter(number__gt=links).delete()
        last = ChainLink.objects.get(number=links)
        ChainHead.objects.update(number=last.number, hash=last.own)


def test_a_cut_tail_is_found_by_the_head_row(signed):
    sql("DELETE FROM signing_signaturevoid")
    sql("DELETE FROM signing_chainlink WHERE number = 7")

    assert faults() == ["The chain ends at 6, its head says 7."]


@pytest.mark.parametrize("left", [6, 3, 1])
def test_a_cut_tail_with_its_head_set_back_shows_against_a_published_head_alone(signed, left):
    published = chain.head()

    cut_the_tail(left)

    assert faults() == []
    assert faults(published=published) == ["The chain does not hold the published head 7: it was cut or rewritten."]


def test_a_chain_written_anew_from_the_start_shows_against_a_published_head_alone(signed):
    published, previous = chain.head(), GENESIS
    with unguarded():
        for row in sorted([*Signature.objects.all(), *SignatureVoid.objects.all()], key=lambda row: row.number):
            if isinstance(row, Signature):
                row.typed_name = "Somebody Else"
            row.evidence = chain.evidence_of(row)
            row.save()
            digest = chain.sha256(chain.canonical(row.evidence))
            own = chain.own_hash(row.number, digest, previous)
            ChainLink.objects.filter(number=row.number).update(evidence_sha256=digest, previous=previous, own=own)
            previous = own
        ChainHead.objects.update(hash=previous)

    assert faults() == []
    assert len(faults(published=published)) == 1


def test_an_older_published_head_holds_while_the_chain_grows(signed):
    published = chain.head()
    sign(asked())

    assert faults(published=published) == []


def test_evidence_emptied_before_its_time_is_a_fault_and_after_it_is_none(signed):
    sql("UPDATE signing_signature SET evidence = NULL WHERE number = 2")

    early, late = verify_chain(now=NOW), verify_chain(now=NOW + timedelta(days=7 * 365))

    assert (len(early.faults), late.faults, late.emptied) == (1, [], 1)


def test_a_lost_head_row_is_found(signed):
    sql("DELETE FROM signing_chainhead")

    assert "The head of the chain is gone." in faults()


@pytest.mark.django_db(transaction=True)
def test_the_chain_is_appended_to_inside_a_transaction_only():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        chain.Appender()


def run(*arguments):
    out = io.StringIO()
    try:
        call_command("verify_chain", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_that_a_chain_holds_and_prints_its_head(signed):
    code, said = run()

    assert code == 0
    assert said.splitlines() == [f"7 links, 0 without evidence after its time, head {chain.head()}", "The chain holds."]


def test_the_command_takes_a_head_as_a_document_prints_it(signed):
    link = ChainLink.objects.get(number=4)

    right, wrong = run("--head", f"4:{link.own[:16]}"), run("--head", "4:" + "0" * 16)

    assert (right[0], wrong[0]) == (0, 1)
    with pytest.raises(CommandError, match="at least the first 16"):
        run("--head", f"4:{link.own[:15]}")


def test_the_command_names_each_fault_and_exits_with_one(signed):
    published = chain.head()
    cut_the_tail(3)

    code, said = run("--head", str(published))

    assert code == 1
    assert said.splitlines()[-1] == "The chain does not hold: 1 faults."


def test_the_evidence_holds_no_text_that_retention_could_not_remove(signed):
    row = Signature.objects.get(number=1)

    assert row.text not in json.dumps(row.evidence)
