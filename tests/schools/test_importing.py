"""The register's import: what it changes, what it leaves alone, what it refuses."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.audit.models import Event
from schools import services
from schools.models import LocalAuthority, RegisterImport, School, SchoolChange, Succession
from schools.services import RefusedFile, import_register
from tests.clock import NOW
from tests.schools.files import LINKS, SAMPLE, links_file, register_file

AS_OF = date(2023, 11, 16)


@pytest.fixture(autouse=True)
def reference(db):
    services.load_reference()


def run(path, **options):
    return import_register(path=path, **{"as_of": AS_OF, "now": NOW, **options})


def counts(done):
    return (done.schools.new, done.schools.changed, done.schools.unchanged, done.schools.refused)


def everything():
    """Every row of the mirror, as it stands."""
    return list(School.objects.order_by("pk").values_list())


def test_a_new_school_is_mirrored_with_a_row_of_history(tmp_path):
    done = run(register_file(tmp_path, {}))

    school = School.objects.get()
    assert counts(done) == (1, 0, 0, 0)
    assert (school.urn, school.name, school.la.name, school.type.name) == (
        "115001",
        "Larkhill School",
        "Gloucestershire",
        "Community school",
    )
    assert (school.pupils, str(school.fsm_percent), school.opened_on) == (1180, "12.5", date(1958, 9, 1))
    assert school.last_import.as_of == AS_OF
    assert list(SchoolChange.objects.values_list("school", "before", "after")) == [("115001", None, {})]


def test_a_second_run_changes_nothing(tmp_path):
    path = register_file(tmp_path, {}, {"URN": "115002", "EstablishmentName": "St Thomas à Becket"})
    links = links_file(tmp_path, ("115001", "115002", "Successor"))
    run(path, links=links)
    stood, history = everything(), SchoolChange.objects.count()

    done = run(path, links=links)

    assert counts(done) == (0, 0, 2, 0)
    assert (done.links.new, done.links.changed, done.links.unchanged) == (0, 0, 1)
    assert (everything(), SchoolChange.objects.count()) == (stood, history)


def test_what_changed_is_kept_before_and_after_and_nothing_else(tmp_path):
    run(register_file(tmp_path, {}, {"URN": "115002"}))
    change = {
        "EstablishmentName": "Larkhill Academy",
        "PercentageFSM": "13.0",
        "CloseDate": "31-08-2024",
        "StatutoryLowAge": "",
    }

    done = run(register_file(tmp_path, change, {"URN": "115002"}), as_of=date(2024, 9, 1))

    assert counts(done) == (0, 1, 1, 0)
    kept = SchoolChange.objects.get(school="115001", before__isnull=False)
    assert kept.before == {"name": "Larkhill School", "fsm_percent": 12.5, "closed_on": None, "low_age": 11}
    assert kept.after == {"name": "Larkhill Academy", "fsm_percent": 13.0, "closed_on": "2024-08-31", "low_age": None}
    assert School.objects.get(pk="115001").last_import.as_of == date(2024, 9, 1)
    assert School.objects.get(pk="115002").last_import.as_of == AS_OF
    assert School.objects.get(pk="115001").search.startswith("larkhill academy cheltenham")


def test_a_school_that_the_file_does_not_name_stays(tmp_path):
    run(register_file(tmp_path, {}, {"URN": "115002"}))

    done = run(register_file(tmp_path, {"URN": "115002"}))

    assert done.not_in_file == 1
    assert School.objects.filter(pk="115001").exists()


def test_a_new_way_of_folding_is_written_without_calling_it_a_change_of_the_register(tmp_path):
    path = register_file(tmp_path, {})
    run(path)
    School.objects.update(search="folded as it used to be")

    done = run(path)

    assert counts(done) == (0, 0, 1, 0)
    assert School.objects.get().search.startswith("larkhill school")
    assert SchoolChange.objects.count() == 1


def test_a_type_without_a_rule_is_refused_and_the_rest_goes_on(tmp_path):
    done = run(register_file(tmp_path, {"TypeOfEstablishment (code)": "77"}, {"URN": "115002"}))

    assert counts(done) == (1, 0, 0, 1)
    assert [str(row) for row in done.refused] == [
        "line 2 (URN 115001): TypeOfEstablishment (code) is '77', a type that has no rule yet"
    ]
    assert "Refused: line 2" in RegisterImport.objects.get().notes[-1]


def test_an_authority_that_is_not_known_is_added_under_the_registers_name(tmp_path):
    done = run(register_file(tmp_path, {"LA (code)": "663", "LA (name)": "Denbighshire"}))

    assert LocalAuthority.objects.get(pk="663").name == "Denbighshire"
    assert done.notes == ["Authorities that are not in the reference, added by their names: 663 Denbighshire."]


def test_an_unknown_column_is_noted(tmp_path):
    from schools.register import NEEDED

    done = run(register_file(tmp_path, {}, columns=[*NEEDED, "Favourite colour"]))

    assert done.notes == ["The column Favourite colour is not one of the register’s and was ignored."]


def test_a_dry_run_says_the_same_and_leaves_no_trace(tmp_path):
    path = register_file(tmp_path, {"LA (code)": "663", "LA (name)": "Denbighshire"})
    links = links_file(tmp_path, ("115001", "115002", "Successor"))

    done = run(path, links=links, dry_run=True)

    assert counts(done) == (1, 0, 0, 0)
    assert done.links.new == 1
    assert not School.objects.exists()
    assert not Succession.objects.exists()
    assert not RegisterImport.objects.exists()
    assert not SchoolChange.objects.exists()
    assert not LocalAuthority.objects.filter(pk="663").exists()
    assert not Event.objects.exists()


def test_an_older_file_is_refused_unless_it_is_asked_for(tmp_path):
    run(register_file(tmp_path, {"EstablishmentStatus (code)": "2"}), as_of=date(2024, 9, 1))
    older = register_file(tmp_path, {})

    with pytest.raises(RefusedFile, match="older than the one in use, of 1 September 2024"):
        run(older)

    assert School.objects.get().status == "2"
    run(older, older=True)
    assert School.objects.get().status == "1"


def test_a_file_of_refused_rows_only_is_refused_as_a_whole(tmp_path):
    with pytest.raises(RefusedFile, match="holds no row that could be read"):
        run(register_file(tmp_path, {"OpenDate": "yesterday"}))

    assert not RegisterImport.objects.exists()


def test_without_reference_data_the_import_says_what_to_run(tmp_path):
    from schools.models import EstablishmentType

    EstablishmentType.objects.all().delete()

    with pytest.raises(RefusedFile, match="run load_reference first"):
        run(register_file(tmp_path, {}))


def test_the_import_is_on_record(tmp_path):
    run(register_file(tmp_path, {}))

    event = Event.objects.get()
    assert event.action == "register.imported"
    assert event.after == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "refused": 0}


def test_links_bear_ends_that_are_in_no_file_and_are_corrected_when_they_differ(tmp_path):
    path = register_file(tmp_path, {})
    run(path, links=links_file(tmp_path, ("115001", "999999", "Successor", "Larkhill Academy")))

    done = run(path, links=links_file(tmp_path, ("115001", "999999", "Successor", "Larkhill Academy", "01-09-2023")))

    assert (done.links.new, done.links.changed, done.links.unchanged) == (0, 1, 0)
    link = Succession.objects.get()
    assert (link.older, link.newer, link.established_on) == ("115001", "999999", date(2023, 9, 1))


def test_a_link_that_cannot_be_read_is_refused_beside_the_schools(tmp_path):
    done = run(
        register_file(tmp_path, {}),
        links=links_file(tmp_path, ("1150", "115002", "Successor"), ("115001", "115002", "Successor")),
    )

    assert (done.links.rows, done.links.new, done.links.refused) == (2, 1, 1)
    assert str(done.refused[0]).startswith("line 2: URN is '1150', not 6 digits (links_")


def test_the_sample_and_its_links_are_imported_whole_and_a_second_time_without_change():
    first = run(SAMPLE, links=LINKS)
    stood = everything()

    again = run(SAMPLE, links=LINKS)

    assert counts(first) == (1200, 0, 0, 0)
    assert (first.links.new, first.links.refused) == (1801, 0)
    assert counts(again) == (0, 0, 1200, 0)
    assert (again.links.changed, again.links.unchanged) == (0, 1801)
    assert everything() == stood
    assert School.objects.get(pk="126416").name == "St Thomas à Becket Church of England Aided Primary School"


def test_the_command_takes_the_day_from_the_name_and_answers_in_json(tmp_path):
    path = register_file(tmp_path, {}, {"URN": "bad"}, name="edubasealldata20240229.csv")
    out = io.StringIO()

    call_command("import_register", path, "--json", stdout=out)

    said = json.loads(out.getvalue())
    assert said["as_of"] == "2024-02-29"
    assert said["schools"] == {"rows": 2, "new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert said["refused"] == [{"line": 3, "urn": "", "reason": "URN is 'bad', not 6 digits"}]
    assert RegisterImport.objects.get().as_of == date(2024, 2, 29)


def test_a_day_given_stands_above_the_name_and_today_where_there_is_neither(tmp_path, clock):
    call_command("import_register", register_file(tmp_path, {}), "--as-of", "2024-01-05", stdout=io.StringIO())
    call_command("import_register", register_file(tmp_path, {}, name="all.csv"), stdout=io.StringIO())

    assert list(RegisterImport.objects.order_by("as_of").values_list("as_of", flat=True)) == [
        date(2024, 1, 5),
        clock.today,
    ]


def test_the_command_says_in_words_what_it_did_and_what_it_refused(tmp_path):
    out, err = io.StringIO(), io.StringIO()

    call_command("import_register", register_file(tmp_path, {}, {"URN": "bad"}), "--dry-run", stdout=out, stderr=err)

    assert "Would be 1 new, 0 changed, 0 unchanged, 1 refused" in out.getvalue()
    assert "Refused: line 3: URN is 'bad', not 6 digits" in err.getvalue()


def test_the_command_refuses_a_file_without_a_needed_column_by_its_name(tmp_path):
    from schools.register import NEEDED

    path = register_file(tmp_path, {}, columns=[name for name in NEEDED if name != "EstablishmentStatus (code)"])

    with pytest.raises(CommandError, match=r"lacks the column EstablishmentStatus \(code\)"):
        call_command("import_register", path)


def test_a_batch_larger_than_one_statement_may_hold_is_imported_and_changed(tmp_path):
    many = [{"URN": str(115001 + i)} for i in range(1000)]
    run(register_file(tmp_path, *many))

    done = run(register_file(tmp_path, *({**row, "Town": "Stroud"} for row in many)))

    assert counts(done) == (0, 1000, 0, 0)
    assert SchoolChange.objects.filter(after={"town": "Stroud"}).count() == 1000


@pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
def test_postgresql_writes_only_the_rows_that_changed(tmp_path):
    run(register_file(tmp_path, {}, {"URN": "115002"}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT urn, ctid::text FROM schools_school ORDER BY urn")
        places = dict(cursor.fetchall())

        run(register_file(tmp_path, {"Town": "Stroud"}, {"URN": "115002"}))

        cursor.execute("SELECT urn, ctid::text FROM schools_school ORDER BY urn")
        now = dict(cursor.fetchall())
    assert now["115001"] != places["115001"]
    assert now["115002"] == places["115002"]


def test_the_driver_is_the_one_whose_copy_the_import_uses():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    assert not is_psycopg3


@pytest.mark.long
def test_memory_stays_flat_however_long_the_file_is(tmp_path):
    import tracemalloc

    def peak(rows: int, first: int) -> int:
        many = ({"URN": str(first + i), "EstablishmentName": f"Larkhill {i}"} for i in range(rows))
        path = register_file(tmp_path, *many)
        tracemalloc.start()
        try:
            run(path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(1_000, 100_000)
    many = peak(20_000, 200_000)

    assert many - few < 4 * 1024 * 1024
