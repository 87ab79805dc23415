"""What every request meets: a number, refused control characters, headers, and a database that may be away."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from core.ui import errors, health
from core.ui.logs import JsonFormatter
from core.ui.middleware import HeadersMiddleware, RefuseControlCharacters, RequestIdMiddleware, UnavailableMiddleware

pytestmark = pytest.mark.urls("tests.core.ui.gallery")
get = RequestFactory().get


def fine(request):
    return HttpResponse("fine")


@pytest.mark.parametrize(
    "path", ["/gallery/home%00", "/gallery/%1fhome", "/gallery/home?q=a%00b", "/gallery/home?%08=1", "/gallery/ho%0Ame"]
)
def test_control_characters_in_an_address_are_refused(path):
    answer = Client().get(path)

    assert answer.status_code == 400
    assert "We could not read that request" in answer.content.decode()


def test_a_tab_pasted_into_a_search_is_no_fault():
    assert Client().get("/gallery/home?q=Archway%09Stroud").status_code == 200


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_control_characters_in_a_form_are_refused(kind):
    body = (
        "name=a%00b"
        if "urlencoded" in kind
        else '--x\r\nContent-Disposition: form-data; name="n"\r\n\r\na\0b\r\n--x--\r\n'
    )

    assert Client().post("/gallery/form", data=body, content_type=kind).status_code == 400


def test_lines_and_tabs_in_a_text_box_are_words_like_others():
    assert Client().post("/gallery/form", {"statement": "one\r\n\ttwo"}).status_code == 200


def test_a_form_that_is_no_form_is_refused():
    answer = Client().post("/gallery/form", data="nothing", content_type="multipart/form-data")

    assert answer.status_code == 400


def test_every_answer_has_its_number_and_its_headers():
    answer = Client().get("/gallery/home")

    assert len(answer.headers["X-Request-ID"]) == 32
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "Cache-Control" not in answer.headers


@pytest.mark.parametrize(("path", "cookies"), [("/", {"session": "x"}), ("/l/abc", {}), ("/link/1/", {})])
def test_what_a_person_or_a_link_opens_is_never_kept(path, cookies):
    request = get(path)
    request.COOKIES.update(cookies)
    request.resolver_match = None

    assert HeadersMiddleware(fine)(request).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("stage", ["view", "middleware"])
def test_a_database_that_is_away_gives_a_plain_page_and_a_time_to_come_back(stage):
    def broken(request):
        raise OperationalError("connection to server failed")

    request = get("/")
    if stage == "middleware":
        answer = UnavailableMiddleware(broken)(request)
    else:
        answer = UnavailableMiddleware(fine).process_exception(request, OperationalError("server closed"))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Back in a moment" in answer.content.decode()


@pytest.mark.urls("hubportal.urls")
def test_a_database_that_is_away_before_any_view_gives_the_same_page(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:7], "tests.core.ui.gallery.AwayDatabase", *settings.MIDDLEWARE[7:]]

    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_a_missing_table_is_a_fault_of_ours_and_stays_one():
    assert not errors.is_away(OperationalError("no such table: x"))
    assert UnavailableMiddleware(fine).process_exception(get("/"), ValueError()) is None


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
def test_error_pages_ask_nothing_of_the_database(status):
    answer = errors._page(get("/"), status)

    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


def test_what_a_page_does_not_take_is_answered_in_words_with_what_it_takes():
    answer = Client().post("/healthz")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert "nothing has been saved or changed" in answer.content.decode()


def test_too_many_tries_says_how_long_to_wait():
    assert errors.too_many(get("/"), retry_after=900).headers["Retry-After"] == "900"


def test_alive_asks_nothing_and_ready_names_what_is_wrong(monkeypatch):
    monkeypatch.setitem(health._CHECKS, "outbox", lambda: "oldest waits 400 s")
    monkeypatch.setattr(health, "_database", lambda: "")

    alive, ready = Client().get("/healthz"), Client().get("/readyz")

    assert (alive.status_code, alive.content) == (200, b"ok\n")
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "faults": {"outbox": "oldest waits 400 s"}}


@pytest.mark.django_db
def test_ready_when_nothing_is_wrong():
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "faults": {}})


def test_search_engines_are_kept_off_links_and_finders_of_holes_are_told_whom_to_tell():
    assert "Disallow: /l/" in Client().get("/robots.txt").content.decode()
    assert "Contact: mailto:security@" in Client().get("/.well-known/security.txt").content.decode()


def _line(**record) -> dict:
    made = logging.makeLogRecord({"name": "core.x", "levelname": "INFO", "msg": "done", **record})
    return json.loads(JsonFormatter().format(made))


def test_a_log_line_is_json_with_what_the_code_gave():
    line = _line(msg="sent", status=200)

    assert line["event"] == "sent" and line["status"] == 200 and line["level"] == "info"


def test_an_exception_is_logged_by_type_and_place_without_its_words():
    try:
        raise ValueError("helen@school.example")
    except ValueError:
        line = _line(exc_info=sys.exc_info(), levelname="ERROR")

    assert line["fault"] == "ValueError" and "test_middleware" in line["where"][0]
    assert "helen" not in json.dumps(line)


def test_a_library_s_message_loses_its_arguments():
    line = _line(name="django.request", msg="Not Found: %s", args=("/l/secret-token",))

    assert line["event"] == "Not Found: %s"
    assert "secret" not in json.dumps(line)


def test_the_line_of_a_request_names_the_page_not_the_address(caplog):
    with caplog.at_level(logging.INFO, logger="core.ui.request"):
        Client().get("/gallery/home?q=helen")

    record = next(r for r in caplog.records if r.name == "core.ui.request")
    assert (record.page, record.status, record.method) == ("gallery", 200, "GET")
    assert "helen" not in json.dumps(vars(record), default=str)


def test_each_request_has_a_number_of_its_own():
    seen = []
    stack = RequestIdMiddleware(lambda request: seen.append(request.id) or HttpResponse())
    for _ in range(2):
        request = get("/")
        request.resolver_match = None
        stack(request)

    assert len(set(seen)) == 2


def test_a_request_of_another_kind_is_not_read():
    request = RequestFactory().post("/", data="{}", content_type="application/json")

    assert RefuseControlCharacters(fine).process_view(request, fine, (), {}) is None
