"""Signing in by a mailed code: one door for addresses known and unknown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from accounts import services
from accounts.models import SignIn, User
from core.audit.models import Event
from core.notifications.models import Message
from core.secrets import decrypt
from tests.factories.accounts import UserFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db
KNOWN = "h.carter@school.example"


@pytest.fixture
def known() -> User:
    return UserFactory(email=KNOWN, name="Helen Carter")


def ask(client: Client, email: str = KNOWN, **extra: str):
    return client.post("/sign-in", {"email": email, **extra})


def code_for(email: str = KNOWN) -> str:
    """The code in the latest mail to an address."""
    return decrypt(Message.objects.filter(to_email=email).latest("created_at", "id").secret or "")


def latest_code(client: Client) -> str:
    return client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]


def sign_in(client: Client, email: str = KNOWN, **extra: str):
    ask(client, email)
    return client.post("/sign-in/code", {"code": latest_code(client), **extra})


def test_a_known_address_gets_a_code_that_signs_in(client, known):
    answer = ask(client)

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code")
    code = code_for()
    assert len(code) == 6 and code.isdigit()
    answer = client.post("/sign-in/code", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/home")
    assert client.session["_auth_user_id"] == str(known.pk)


def test_a_code_may_be_typed_with_spaces(client, known):
    ask(client)
    code = code_for()

    client.post("/sign-in/code", {"code": f" {code[:3]} {code[3:]} "})

    assert "_auth_user_id" in client.session


def test_an_unknown_address_gets_a_person_without_roles_and_is_asked_for_a_name(client):
    ask(client, "New.Person@School.Example")

    answer = client.post("/sign-in/code", {"code": code_for("new.person@school.example")})

    assert answer["Location"] == "/you/name?next=%2Fhome"
    person = User.objects.get()
    assert (person.email, person.name, person.is_staff) == ("new.person@school.example", "", False)
    assert EmailAddress.objects.get(user=person).verified
    assert client.post(answer["Location"], {"name": "  New   Person "})["Location"] == "/home"
    person.refresh_from_db()
    assert person.name == "New Person"


def test_who_has_a_name_is_not_asked_again(client, known):
    assert sign_in(client)["Location"] == "/home"


def work_for(*addresses: str):
    """What each address is answered, which statements that takes, and how many rows it puts in the outbox."""
    ask(Client(), "warm.up@school.example")  # what a process does once is done
    cache.clear()
    answers, statements, rows = [], [], []
    for email in addresses:
        browser, before = Client(), Message.objects.count()
        with queries() as asked:
            answer = ask(browser, email)
        page = browser.get("/sign-in/code").content.decode().replace(email, "ADDRESS")
        answers.append((answer.status_code, answer["Location"], answer.content, _without_tokens(page)))
        statements.append([re.sub(r"'[^']*'", "?", sql.split("VALUES")[0].split("WHERE")[0])[:80] for sql in asked])
        rows.append(Message.objects.count() - before)
        cache.clear()
    return answers, statements, rows


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(known):
    answers, statements, rows = work_for(KNOWN, "nobody@school.example", KNOWN, "somebody@school.example")

    assert rows == [1, 1, 1, 1]
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert statements[0] == statements[1] == statements[2] == statements[3]


def test_a_door_that_looks_before_it_makes_would_be_told_apart(known, monkeypatch):
    """The control: found or made in the usual way, a new address takes other statements than a known one."""
    monkeypatch.setattr(services, "person_at", lambda *, email: User.objects.get_or_create(email=email)[0])

    _, statements, _ = work_for(KNOWN, "nobody@school.example")

    assert statements[0] != statements[1]


def _without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_the_code_is_kept_only_encrypted_and_never_in_the_text(client, known):
    ask(client)
    message, code = Message.objects.get(), code_for()

    assert "((code))" in message.text
    assert code not in message.text + message.subject + message.secret
    assert message.to_name == "Helen Carter"


def test_five_wrong_codes_end_the_code_and_the_right_one_is_refused(client, known):
    ask(client)
    code = code_for()
    wrong = "000000" if code != "000000" else "111111"

    answers = [client.post("/sign-in/code", {"code": wrong}) for _ in range(5)]

    assert [a.status_code for a in answers] == [200, 200, 200, 200, 302]
    client.post("/sign-in/code", {"code": code})
    assert "_auth_user_id" not in client.session


def test_an_empty_box_is_no_try(client, known):
    ask(client)

    for _ in range(6):
        assert b"Enter the code from the mail" in client.post("/sign-in/code", {"code": ""}).content

    client.post("/sign-in/code", {"code": code_for()})
    assert "_auth_user_id" in client.session


def test_a_code_is_good_for_ten_minutes(known):
    asked_at = datetime.now(UTC)
    early, late = Client(), Client()
    for browser in (early, late):
        ask(browser)
    codes = [latest_code(early), latest_code(late)]

    with time_machine.travel(asked_at + timedelta(minutes=9, seconds=50), tick=False):
        early.post("/sign-in/code", {"code": codes[0]})
    with time_machine.travel(asked_at + timedelta(minutes=10, seconds=10), tick=False):
        late.post("/sign-in/code", {"code": codes[1]})

    assert "_auth_user_id" in early.session
    assert "_auth_user_id" not in late.session


def test_a_code_works_only_in_the_browser_that_asked(client, known):
    ask(client)
    other = Client()

    answer = other.post("/sign-in/code", {"code": code_for()})

    assert answer["Location"].startswith("/sign-in")
    assert "_auth_user_id" not in other.session


def test_a_used_code_is_used(client, known):
    ask(client)
    code = code_for()
    client.post("/sign-in/code", {"code": code})
    client.post("/sign-out")

    client.post("/sign-in/code", {"code": code})

    assert "_auth_user_id" not in client.session


def test_a_new_code_ends_the_one_before(client, known):
    ask(client)
    first = latest_code(client)

    client.post("/sign-in/code", {"action": "resend"})

    second = latest_code(client)
    assert first != second
    client.post("/sign-in/code", {"code": first})
    assert "_auth_user_id" not in client.session
    client.post("/sign-in/code", {"code": second})
    assert "_auth_user_id" in client.session


def test_the_fourth_code_of_a_minute_is_refused_for_known_and_unknown_alike(client, known):
    for email in (KNOWN, "nobody@school.example"):
        answers = [ask(Client(), email) for _ in range(4)]

        assert [a.status_code for a in answers] == [302, 302, 302, 429]
        assert int(answers[3]["Retry-After"]) > 0


def test_emptying_the_cache_does_not_reset_the_limit(client, known):
    for _ in range(3):
        ask(Client())
    cache.clear()

    assert ask(Client()).status_code == 429


def test_the_twenty_first_code_from_one_machine_is_refused(client):
    answers = [ask(Client(), f"person{n}@school.example").status_code for n in range(21)]

    assert answers == [302] * 20 + [429]


def test_five_wrong_codes_in_all_slow_an_address_down_whatever_codes_they_were_for(known):
    for n in range(5):
        browser = Client(REMOTE_ADDR=f"192.0.2.{n}")
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=n), tick=False):
            ask(browser)
            code = latest_code(browser)
            browser.post("/sign-in/code", {"code": "x" + code[1:]})

    browser = Client(REMOTE_ADDR="192.0.2.99")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=False):
        ask(browser)
        answer = browser.post("/sign-in/code", {"code": latest_code(browser)})

    assert answer.status_code == 429
    assert "_auth_user_id" not in browser.session


def test_a_stranger_who_fails_on_purpose_does_not_lock_out_a_browser_that_has_signed_in_before(client, known):
    sign_in(client)
    client.post("/sign-out")
    stranger = Client(REMOTE_ADDR="192.0.2.66")
    for _ in range(3):
        ask(stranger)
        for _ in range(5):
            stranger.post("/sign-in/code", {"code": "000"})
    assert ask(Client(REMOTE_ADDR="192.0.2.67")).status_code == 429

    sign_in(client)

    assert client.session["_auth_user_id"] == str(known.pk)


def test_a_made_up_browser_mark_counts_for_nothing(known):
    for n in range(4):
        browser = Client()
        browser.cookies["known"] = f"eyJhIjoiYiJ9:forged{n}"
        answer = ask(browser)

    assert answer.status_code == 429


def test_the_person_is_back_on_the_page_they_came_for(client, known):
    answer = client.get("/home?x=1")
    assert answer["Location"] == "/sign-in?next=/home%3Fx%3D1"
    client.post(answer["Location"], {"email": KNOWN, "next": "/home?x=1"})

    answer = client.post("/sign-in/code?next=/home%3Fx%3D1", {"code": latest_code(client)})

    assert answer["Location"] == "/home?x=1"


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_next_leads_to_pages_of_ours_only(client, known, there):
    ask(client, next=there)

    answer = client.post("/sign-in/code", {"code": latest_code(client), "next": there})

    assert answer["Location"] == "/home"
    assert client.post("/you/name", {"name": "Helen Carter", "next": there})["Location"] == "/you"


def test_a_closed_account_is_told_so_only_after_its_code(client):
    UserFactory(email=KNOWN, is_active=False)

    assert ask(client)["Location"] == "/sign-in/code"
    answer = client.post("/sign-in/code", {"code": latest_code(client)})

    assert answer["Location"] == "/sign-in/closed"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("typed", ["", "nobody", "nobody@", "name@schооl.example", "a b@school.example"])
def test_what_is_no_address_is_refused_with_a_hint(client, typed):
    answer = ask(client, typed)

    assert answer.status_code == 200
    assert b"like name@school.org.uk" in answer.content
    assert not User.objects.exists()


def test_the_session_has_a_new_key_after_signing_in(client, known):
    ask(client)
    before = client.session.session_key

    client.post("/sign-in/code", {"code": latest_code(client)})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_out_ends_the_session_on_the_server(client, known):
    sign_in(client)
    key = client.session.session_key
    cookie = client.cookies["session"].value

    assert client.post("/sign-out")["Location"] == "/"

    assert not Session.objects.filter(session_key=key).exists()
    assert not SignIn.objects.exists()
    client.cookies["session"] = cookie
    assert client.get("/home").status_code == 302


def test_a_get_does_not_sign_out(client, known):
    sign_in(client)

    assert client.get("/sign-out").status_code == 200

    assert "_auth_user_id" in client.session


def test_signing_in_is_on_record(client, known):
    sign_in(client)

    event = Event.objects.get(action="account.signed_in")
    assert (event.actor_id, event.object_id) == (known.pk, str(known.pk))


def test_no_mail_is_sent_in_the_request_and_no_other_mail_has_words(client, known):
    from accounts.adapters import AccountAdapter, UnknownMail

    with pytest.raises(UnknownMail):
        AccountAdapter().send_mail("account/email/unknown_account", KNOWN, {})


def test_who_is_signed_in_already_is_sent_on(client, known):
    sign_in(client)

    assert client.get("/sign-in")["Location"] == "/home"


def test_one_may_go_back_and_type_another_address(client, known):
    ask(client, "typo@school.example")

    assert client.get("/sign-in").status_code == 200
    sign_in(client)

    assert client.session["_auth_user_id"] == str(known.pk)


def test_signing_in_needs_the_token_of_its_form(known):
    assert Client(enforce_csrf_checks=True).post("/sign-in", {"email": KNOWN}).status_code == 403
