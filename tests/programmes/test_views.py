"""The public pages of programmes and their information sheets."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.conf import settings
from django.urls import reverse

from core.documents import jobs, pdf
from programmes import services
from programmes.documents import make_sheet
from programmes.models import Edition
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EditionFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def page_of(client, edition: Edition) -> str:
    response = client.get(reverse("programmes:edition", args=[edition.programme_id, edition.year]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_list_shows_each_programme_with_its_sheets(client):
    services.load_reference(now=NOW)

    with queries(at_most=1):
        html = client.get(reverse("programmes:list")).content.decode()

    assert "For secondary schools" in html and "For primary schools" in html
    assert reverse("programmes:edition", args=["secondary-development", 2027]) in html
    assert reverse("programmes:edition", args=["primary-specialist", 2026]) in html


def test_the_list_says_why_it_is_empty(client):
    assert "No programme is on offer yet" in client.get(reverse("programmes:list")).content.decode()


def test_a_sheet_shows_figures_shape_focus_promises_and_who_signs(client):
    services.load_reference(now=NOW)

    html = page_of(client, Edition.objects.get(programme="secondary-development", year=2027))

    for text in (
        "£2,000", "Two, one of them senior", "At least four of half a day", "4 to 6", "At least 10",
        "Both advocates are released for at least four separate half-day meetings", "Year 3",
        "Signed by the headteacher, or a senior leader who may commit the school, the head of department and each "
        "Mastery Advocate.",
    ):  # fmt: skip
        assert text in html, text


def test_a_sheet_with_two_who_sign_keeps_them_apart(client):
    services.load_reference(now=NOW)

    html = page_of(client, Edition.objects.get(programme="primary-specialist", year=2026))

    assert "a senior leader who may commit the school, and the" in html


def test_what_is_not_given_is_to_be_announced_and_a_missing_code_is_left_out(client):
    services.load_reference(now=NOW)

    html = page_of(client, Edition.objects.get(programme="secondary-sustaining", year=2027))

    # The group, the money, and the promises.
    assert html.count("To be announced") == 3
    assert "Programme code" not in html
    assert "Check your school" not in html


def test_an_edition_without_terms_has_a_page_that_says_so(client):
    html = page_of(client, EditionFactory(published=False))

    assert "There will be a PDF once what the programme asks and gives is published." in html


def test_a_primary_sheet_has_its_own_words(client):
    services.load_reference(now=NOW)

    html = page_of(client, Edition.objects.get(programme="primary-development", year=2027))

    assert "Lead participants" in html and "maths lead" in html
    assert "dvocate" not in html and "department" not in html and "Key Stage 3" not in html


def test_the_pdf_is_made_in_a_job_and_linked_when_it_is_ready(client):
    edition = EditionFactory()
    address = reverse("programmes:sheet", args=[edition.programme_id, edition.year])
    again = services.draft_terms(
        edition=edition, figures={"money_per_school": 2000}, commitments=["We come."], questions=[]
    )
    services.publish(terms_id=again.pk, by=UserFactory(), now=NOW)

    assert client.get(address).status_code == 404
    assert "The PDF is being made" in page_of(client, edition)
    assert jobs.make_waiting(clock_now=lambda: NOW) == 1
    assert address in page_of(client, edition)
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


def test_the_printed_sheet_says_where_to_check_a_school_whom_to_ask_and_where_it_is_found(tmp_path):
    services.load_reference(now=NOW)
    edition = Edition.objects.with_terms().get(programme="secondary-development", year=2027)
    path = tmp_path / "sheet.pdf"

    path.write_bytes(pdf.render(make_sheet(edition.current_terms.pk, NOW).html))

    run = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True)
    text = " ".join(run.stdout.split())
    for words in (
        f"no account: {settings.SITE_URL}/",
        f"Ask your Maths Hub; who that is and how to reach it: {settings.SITE_URL}/hubs/find",
        f"{settings.SITE_URL}{reverse('programmes:edition', args=['secondary-development', 2027])}",
    ):
        assert words in text, words


def test_terms_that_were_followed_by_others_want_no_sheet_any_more():
    edition = EditionFactory(published=False)
    old = services.draft_terms(edition=edition, figures={}, commitments=["We come."], questions=[])
    services.publish(terms_id=old.pk, by=None, now=NOW)
    new = services.draft_terms(edition=edition, figures={}, commitments=["We all come."], questions=[])
    services.publish(terms_id=new.pk, by=None, now=NOW)

    assert jobs.make_waiting(clock_now=lambda: NOW) == 1


def test_an_unknown_edition_is_not_found(client):
    edition = EditionFactory()

    assert client.get(reverse("programmes:edition", args=[edition.programme_id, 1999])).status_code == 404
    assert client.get(reverse("programmes:edition", args=["no-such-thing", 2027])).status_code == 404
    assert client.get(reverse("programmes:sheet", args=["no-such-thing", 2027])).status_code == 404


def test_a_sheet_costs_the_same_number_of_queries_whatever_it_holds(client):
    services.load_reference(now=NOW)

    for slug in ("secondary-development", "secondary-sustaining"):
        with queries(at_most=6):
            client.get(reverse("programmes:edition", args=[slug, 2027]))
