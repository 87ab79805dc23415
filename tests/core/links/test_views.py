"""From the mail to the page: what a browser meets, and what a mail filter does."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from core.links import services
from core.links.models import Link
from core.links.services import LinkEnded
from tests.clock import NOW
from tests.factories.links import AGAIN, issue_link
from tests.queries import queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked():
    AGAIN.clear()


def which(response) -> str:
    """The sealed id in the form of the page for dead links."""
    return re.search(r'name="which" value="([^"]+)"', response.content.decode())[1]


def test_opening_leads_to_an_address_without_the_token(client):
    link, token = issue_link()

    response = client.get(f"/l/{token}")

    assert (response.status_code, response["Location"]) == (302, f"/link/{link.pk}/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_the_session_holds_the_links_id_and_never_its_token(client):
    link, token = issue_link()
    client.get(f"/l/{token}")

    held = [session.get_decoded() for session in Session.objects.all()]
    assert [each["links"] for each in held] == [[str(link.pk)]]
    assert token not in str(held)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_mail_filter_that_opens_the_link_and_follows_it_changes_nothing_but_the_counter(client, method):
    link, token = issue_link()
    before = Link.objects.filter(pk=link.pk).values().get()

    getattr(client, method)(f"/l/{token}", follow=True)

    after = Link.objects.filter(pk=link.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"first_opened_at", "opened_count"}


def test_the_continue_page_says_whose_link_it_is_and_has_one_button(client):
    _link, token = issue_link()

    response = client.get(f"/l/{token}", follow=True)

    page = response.content.decode()
    assert "<h1" in page and "Sign the paper" in page
    assert "Helen Carter" in page
    assert page.count("<button") == 1
    assert token not in page
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_continue_is_noted_with_its_browser_and_leads_to_the_kinds_page(client):
    link, token = issue_link()
    client.get(f"/l/{token}")

    response = client.post(f"/link/{link.pk}/")

    link.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, reverse("links:continue", args=[link.pk]))
    assert link.continued_at == NOW
    assert re.fullmatch(r"[0-9a-f]{64}", link.continued_browser)


def test_two_browsers_have_two_marks_and_one_browser_keeps_its_own(client, rf):
    class Request:
        def __init__(self) -> None:
            self.session: dict = {}

    one, two = Request(), Request()

    assert services.browser_of(one) == services.browser_of(one)
    assert services.browser_of(one) != services.browser_of(two)
    assert services.browser_of(one) not in str(one.session)


def test_a_link_that_was_never_opened_in_this_browser_is_not_held(client):
    link, token = issue_link()
    Client().get(f"/l/{token}")

    assert client.get(f"/link/{link.pk}/").status_code == 410
    assert client.post(f"/link/{link.pk}/").status_code == 410
    link.refresh_from_db()
    assert link.continued_at is None


def test_it_opens_from_any_device_before_it_is_used(client):
    _link, token = issue_link()
    for browser in (Client(), Client(), client):
        assert browser.get(f"/l/{token}", follow=True).status_code == 200


def test_a_browser_that_holds_several_links_keeps_them_apart(client):
    one, first = issue_link()
    two, second = issue_link()
    client.get(f"/l/{first}")
    client.get(f"/l/{second}")

    assert client.get(f"/link/{one.pk}/").status_code == 200
    assert client.get(f"/link/{two.pk}/").status_code == 200


def test_the_session_gets_a_new_key_when_a_link_is_opened_by_a_stranger(client):
    _, first = issue_link()
    _, second = issue_link()
    client.get(f"/l/{first}")
    planted = client.session.session_key

    client.get(f"/l/{second}")

    assert client.session.session_key != planted


def test_a_used_link_goes_straight_to_its_receipt(client):
    link, token = issue_link()
    services.use(link=link, now=NOW)

    response = client.get(f"/l/{token}", follow=False)
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 302


def dead_links() -> dict[str, str]:
    """A token of each kind that opens nothing."""
    _late, late_token = issue_link(valid_until=NOW - timedelta(seconds=1))
    ended, ended_token = issue_link()
    services.end(links=Link.objects.filter(pk=ended.pk), why="withdrawn", now=NOW)
    used, used_token = issue_link()
    services.use(link=used, now=NOW - timedelta(days=30))
    return {"unknown": "x" * 43, "late": late_token, "ended": ended_token, "used": used_token, "short": "x"}


def test_every_dead_link_gives_one_page_one_status_and_equal_work(client):
    pages, work = set(), set()
    for token in dead_links().values():
        with queries() as found:
            response = Client().get(f"/l/{token}")
        page = response.content.decode()
        pages.add((response.status_code, re.sub(r'value="[^"]+"', "", page), response["Referrer-Policy"]))
        work.add(tuple(sql.split(" ")[0] for sql in found))

    assert len(pages) == 1
    assert {status for status, *_ in pages} == {410}
    assert len(work) == 1


def test_the_dead_page_offers_a_new_link_whose_answer_never_differs(client):
    answers = set()
    for token in dead_links().values():
        page = client.get(f"/l/{token}")
        answer = client.post("/link/send-again", {"which": which(page)})
        answers.add((answer.status_code, re.sub(r'value="[^"]+"', "", answer.content.decode())))
    answers.add((200, re.sub(r'value="[^"]+"', "", client.post("/link/send-again").content.decode())))
    forged = client.post("/link/send-again", {"which": "forged"})
    answers.add((forged.status_code, re.sub(r'value="[^"]+"', "", forged.content.decode())))

    assert len(answers) == 1
    assert len(AGAIN) == 3


def test_a_new_link_is_asked_of_the_room_that_issued_the_old_one_three_times_an_hour_at_most(client):
    link, token = issue_link(valid_until=NOW)
    sealed = which(client.get(f"/l/{token}"))

    statuses = {client.post("/link/send-again", {"which": sealed}).status_code for _ in range(5)}

    assert statuses == {200}
    assert AGAIN == [link.pk] * 3


def test_the_form_of_the_dead_page_names_no_link_and_cannot_be_made_by_hand(client):
    link, token = issue_link(valid_until=NOW)
    client.get(f"/l/{token}")

    client.post("/link/send-again", {"which": str(link.pk)})

    assert AGAIN == []


def test_asking_by_get_does_nothing(client):
    assert client.get("/link/send-again").status_code == 405


def test_the_twenty_first_asking_from_one_address_in_an_hour_is_refused(client):
    statuses = [client.post("/link/send-again", {"which": ""}).status_code for _ in range(21)]

    assert statuses == [200] * 20 + [429]


def test_after_ten_bad_tokens_an_address_waits(client):
    _, token = issue_link()
    statuses = [client.get(f"/l/{'x' * 42}{number}").status_code for number in range(10)]
    assert statuses == [410] * 10

    eleventh = client.get(f"/l/{token}")

    assert (eleventh.status_code, eleventh["Retry-After"]) == (429, "600")
    assert client.get(f"/l/{token}", REMOTE_ADDR="192.0.2.9").status_code == 302


def test_held_wants_the_right_kind_and_takes_the_last_opened_one(client, rf):
    one, first = issue_link()
    two, second = issue_link()
    client.get(f"/l/{first}")
    client.get(f"/l/{second}")
    request = rf.get("/")
    request.session = client.session

    assert services.held(request, "tests.paper") == two
    assert services.held(request, "tests.paper", one.pk) == one
    for kind, link_id in (("tests.other", None), ("tests.other", one.pk), ("tests.paper", uuid4())):
        with pytest.raises(LinkEnded):
            services.held(request, kind, link_id)


def test_a_held_link_that_is_ended_meanwhile_gives_the_dead_page_that_can_ask_again(client):
    link, token = issue_link()
    client.get(f"/l/{token}")
    services.end(links=Link.objects.all(), why="issued anew", now=NOW)

    response = client.get(f"/link/{link.pk}/")
    client.post("/link/send-again", {"which": which(response)})

    assert response.status_code == 410
    assert AGAIN == [link.pk]


def test_posting_continue_needs_the_csrf_token():
    link, token = issue_link()
    browser = Client(enforce_csrf_checks=True)
    browser.get(f"/l/{token}")

    assert browser.post(f"/link/{link.pk}/").status_code == 403
