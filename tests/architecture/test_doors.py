"""Every view has a door, and what is open to everybody is listed here with its reason."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern
from django.views.decorators.csrf import csrf_exempt

from core import doors
from hubportal.permissions import table

# Open to everybody, and why. A new public page is listed here before it opens.
PUBLIC: dict[str, str] = {
    "ui:healthz": "A machine asks whether the process is alive; nothing is said but that.",
    "ui:readyz": "A machine asks whether the process can serve; it hears names of parts, no data.",
    "ui:robots": "Search engines ask what they may read: the public pages, never a personal link.",
    "ui:security_txt": "Who finds a hole must know how to report it.",
    "links:open": "a personal link out of a mail: whoever holds the token is its person",
    "links:send_again": "asking for a new link: the answer is the same whatever the link was",
    "notifications:stop": "a mail's own stop address: signed, and names nobody",
    "documents:verify": "anyone who holds a document may ask whether it is ours; no person is named",
    "account_login": "Signing in comes before being known.",
    "account_request_login_code": "Signing in comes before being known.",
    "account_confirm_login_code": "Signing in comes before being known.",
    "account_inactive": "Says that an account is closed to who has just shown that it is theirs.",
    "account_logout": "Whoever is here may leave.",
    "reports:start": "The start page is for every school in England.",
    "reports:accessibility": "A public service says how well everybody can use it.",
    "reports:privacy": "People are told what is kept of them before they give it.",
    "reports:hub_privacy": "Each hub says what it does with what it is told.",
    "reports:contact": "Whoever is stuck finds a person to ask.",
    "reports:help": "Nobody needs an account to learn what to do when something does not come or does not open.",
    "reports:cookies": "People are told which cookies are set before they are.",
    "schools:search": "Every school can look itself up before anybody asks who it is.",
    "schools:suggest": "The search box asks as one types; the form answers the same without it.",
    "schools:detail": "The register of schools is public.",
    "hubs:index": "Anybody may see which hubs there are and where they work.",
    "hubs:find": "Every school can find its hub before anybody asks who it is.",
    "hubs:detail": "A hub's page is for every school of its area.",
    "programmes:list": "What is on offer is for everybody to read.",
    "programmes:edition": "The information sheet of an edition is for everybody to read.",
    "programmes:sheet": "The information sheet of an edition is for everybody to keep.",
    "applications:check": "A school learns whether it may apply before anybody asks who it is.",
    "applications:rounds": "Schools see which rounds are open, and until when.",
}
# Open to who holds a personal link: the finder looks the link up, never a person.
BY_LINK: set[str] = {
    "links:continue",
    "applications:sign",
    "applications:refuse_to_sign",
    "applications:signed_commitment",
    "applications:answer_offer",
}
# No token of ours can stand in these posts.
EXEMPT_FROM_CSRF: set[str] = {"notifications:stop"}  # one click in a mail program: a signed address and no cookie


def resolver_of(*patterns: Any) -> URLResolver:
    return URLResolver(RegexPattern(r"^/"), list(patterns))


def of_kind(kind: str) -> set[str]:
    return {row.name for row in table() if row.door and row.door.kind == kind}


def test_every_view_has_a_door_whose_permission_is_declared():
    assert doors.faults() == []


def test_every_address_has_a_name():
    assert [row.path for row in table() if not row.name and not row.path.startswith("admin/")] == []


def test_what_is_public_is_listed_with_a_reason():
    assert of_kind("public") == set(PUBLIC)


def test_what_opens_by_a_link_is_listed():
    assert of_kind("link") == BY_LINK


def test_what_is_exempt_from_csrf_protection_is_listed():
    assert {row.name for row in table() if getattr(row.view, "csrf_exempt", False)} == EXEMPT_FROM_CSRF


def test_every_declared_permission_stands_before_some_view_or_is_asked_in_one():
    """A permission that nobody asks for is a rule that nobody keeps."""
    from tests.architecture.ground import ROOT

    code = "\n".join(
        p.read_text()
        for room in (
            "core",
            "accounts",
            "schools",
            "hubs",
            "programmes",
            "applications",
            "reports",
            "templates",
            "hubportal",
        )
        for p in (ROOT / room).rglob("*")
        if p.suffix in (".py", ".html") and p.name != "policy.py"
    )

    assert [name for name in doors.permissions() if f'"{name}"' not in code] == []


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (plain, "has no door"),
        (doors.requires("schools.misspelt")(plain), "asks for schools.misspelt, which no policy declares"),
        (csrf_exempt(doors.requires("accounts.see_yourself")(plain)), "is exempt from CSRF protection"),
    ],
)
def test_a_planted_view_without_a_whole_door_is_found(view: Callable[..., Any], said: str, monkeypatch):
    planted = resolver_of(path("planted", view, name="planted"))
    monkeypatch.setattr(doors, "get_resolver", lambda: planted)

    assert any(f"/planted (planted) {said}" in fault for fault in doors.faults())


def test_a_planted_public_view_is_seen():
    planted = resolver_of(path("planted", doors.public("Why not?")(plain), name="planted"))

    assert [(row.name, row.door.kind, row.who) for row in table(doors.walk(planted))] == [
        ("planted", "public", "everybody")
    ]


def test_a_view_without_a_door_is_refused_at_run_time(rf, settings):
    request = rf.get("/planted")
    request.resolver_match = None

    with pytest.raises(doors.PermissionDenied):
        doors.DoorMiddleware(plain).process_view(request, plain, (), {})
