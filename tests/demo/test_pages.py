from datetime import date

import pytest

from demo.models import DemoClock, DemoPerson


@pytest.mark.django_db
def test_every_page_has_the_bar_with_its_day_and_the_outbox(demo, client):
    page = client.get("/demo/people/").content.decode()

    assert "Thursday 18 March 2027" in page
    assert "Outbox (0)" in page
    assert '<input type="hidden" name="seen" value="2027-03-18">' in page


@pytest.mark.django_db
def test_a_portal_that_is_no_demo_has_neither_bar_nor_pages(client):
    assert client.get("/demo/outbox/").status_code == 404
    assert "demo-bar" not in client.get("/sign-in").content.decode()


@pytest.mark.django_db
def test_next_day_moves_one_day_and_comes_back(demo, client):
    answer = client.post("/demo/next-day", {"seen": "2027-03-18", "back": "/demo/people/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/demo/people/")
    assert DemoClock.objects.get().today == date(2027, 3, 19)


@pytest.mark.django_db
def test_two_presses_of_one_button_move_one_day(demo, client):
    for _ in range(2):
        client.post("/demo/next-day", {"seen": "2027-03-18", "back": "/"})

    assert DemoClock.objects.get().today == date(2027, 3, 19)


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_next_day_leads_nowhere_else(demo, client, back):
    answer = client.post("/demo/next-day", {"seen": "2027-03-18", "back": back})

    assert answer.headers["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("seen", ["", "yesterday", "2027-02-30", "2027-03-17"])
def test_a_day_that_was_not_shown_moves_nothing(demo, client, seen):
    client.post("/demo/next-day", {"seen": seen, "back": "/"})

    assert not DemoClock.objects.exclude(today=date(2027, 3, 18)).exists()


@pytest.mark.django_db
def test_next_day_is_a_post(demo, client):
    assert client.get("/demo/next-day").status_code == 405


@pytest.mark.django_db
def test_the_people_page_lists_who_may_be_played(demo, client):
    DemoPerson.objects.create(name="Jo Marsh", email="j.marsh@hub.example", plays="Leads the GLOW hub", order=1)

    page = client.get("/demo/people/").content.decode()

    assert "Jo Marsh" in page and "Leads the GLOW hub" in page and "j.marsh@hub.example" in page
