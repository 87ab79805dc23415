"""Pages that hold every component, filled with the sketches' own content; only tests see them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path

from core.clock import london
from core.doors import public
from core.ui import maps, menu, plots
from core.ui.forms import DateField, HubForm, IdempotentForm, MailField, NameField, WordsField

PAGES = Path(__file__).parent / "pages"
GEO = Path(__file__).parent / "squares.geojson"
NAMES = sorted(p.stem for p in PAGES.glob("*.html"))
LETTER = "Dear Sam Osei,\n\nGLOW offers Maidenhill School a place in this round.\n\nPriya Nair\nGLOW Maths Hub"
POSTS = [("hod", "Head of department"), ("ks3", "Key Stage 3 lead"), ("other", "Another post")]


class HeadForm(IdempotentForm, HubForm):
    name = NameField(label="Headteacher’s full name", error_messages={"required": "Enter the headteacher’s full name"})
    email = MailField(label="E-mail address", help_text="We write to it once, with the link to sign")
    post = forms.ChoiceField(label="Post", choices=POSTS, widget=forms.RadioSelect)
    classes = forms.MultipleChoiceField(
        label="Year groups", choices=[(str(n), f"Year {n}") for n in (7, 8, 9)], widget=forms.CheckboxSelectMultiple
    )
    hub = forms.ChoiceField(label="Hub", choices=[("", "Choose a hub"), ("glow", "GLOW"), ("jurassic", "Jurassic")])
    first_day = DateField(label="First release day", help_text="For example, 27 3 2027")
    statement = WordsField(label="Why does the department wish to take part?", limit=200)
    paper = forms.FileField(label="Signed paper", required=False)
    note = forms.CharField(label="Anything else", required=False)
    sure = forms.BooleanField(label="The head knows of this", error_messages={"required": "Say that the head knows"})


class SignForm(HubForm):
    typed = NameField(label="Type your full name", error_messages={"required": "Type your full name"})
    is_head = forms.BooleanField(label="I am the headteacher and sign for the school")


def _dots(word: str) -> list[tuple[str, str]]:
    people = ("Head", "Head of department", "First advocate", "Second advocate")
    states = {"s": "signed", "w": "waiting", "n": "refused"}
    return [(states[c], f"{who}: {states[c]}") for c, who in zip(word, people, strict=True)]


def _bid(name: str, town: str, km: str, pupils: int, fsm: str, dots: str, *rest: str) -> dict[str, Any]:
    score, spread, state, colour, move = rest
    return {
        "name": name,
        "town": town,
        "km": km,
        "pupils": pupils,
        "fsm": fsm,
        "dots": _dots(dots),
        "score": score,
        "spread": spread,
        "state": state,
        "colour": colour,
        "move": move,
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that any of the pages prints."""
    entries = [
        ("Home", "/gallery/home"),
        ("Bids", "/gallery/queue"),
        ("Your form", "/gallery/tasks"),
        ("Schools", "/s"),
    ]
    return {
        "menu": menu.mark(request, entries),
        "user": SimpleNamespace(is_authenticated=True, get_full_name="Priya Nair"),
        "day": date(2027, 3, 18),
        "closes": london(date(2027, 5, 28), 23, 59),
        "years": [
            {"stage": "development", "name": "Development", "text": "your own classrooms"},
            {"stage": "embedding", "name": "Embedding", "text": "your colleagues"},
            {"stage": "sustaining", "name": "Sustaining", "text": "the department’s systems, for as long as you like"},
        ],
        "rounds": [
            {"hub": "GLOW", "programme": "Secondary Development 2027/28", "closes": date(2027, 5, 28), "places": 12},
            {
                "hub": "Jurassic",
                "programme": "Secondary Development 2027/28",
                "closes": date(2027, 3, 31),
                "places": 8,
                "soon": True,
            },
            {
                "hub": "North West Three",
                "programme": "Primary Development 2027/28",
                "closes": date(2027, 4, 26),
                "places": 14,
            },
        ],
        "facts": [
            {"label": "URN", "value": "115775"},
            {"label": "Town", "value": "Stonehouse, GL10 2HA"},
            {"label": "Type", "value": "Foundation school"},
            {"label": "Ages", "value": "11 to 16"},
            {"label": "Pupils", "value": "717"},
            {"label": "Register of", "value": "16 November 2023"},
        ],
        "checks": [
            {
                "mark": "yes",
                "rule": "It is open and state-funded",
                "why": "A foundation school, maintained by Gloucestershire.",
            },
            {"mark": "yes", "rule": "It teaches secondary pupils", "why": "Phase on the register: secondary."},
            {"mark": "no", "rule": "It has not taken Development before", "why": "It took Development in 2023/24."},
            {
                "mark": "ask",
                "rule": "Two lead teachers, one of them senior",
                "why": "You will be asked for their names. A head of department or Key Stage lead would do.",
            },
        ],
        "tasks": [
            {"title": "School and hub", "url": "/t/1", "hint": "Filled in from the register", "status": "Completed"},
            {
                "title": "Headteacher and head of department",
                "url": "/t/2",
                "hint": "Names and e-mail addresses",
                "status": "Completed",
            },
            {
                "title": "Second Mastery Advocate",
                "url": "/t/3",
                "hint": "Tom Ellis",
                "status": "Role missing",
                "colour": "orange",
            },
            {
                "title": "Why your department",
                "url": "/t/4",
                "hint": "131 of about 150 words",
                "status": "In progress",
                "colour": "blue",
            },
        ],
        "later": [
            {
                "title": "Check your answers and send for signature",
                "url": "",
                "hint": "Each person who signs gets one e-mail",
                "status": "Cannot start yet",
            }
        ],
        "costs": [
            {"label": "Release to give", "value": "10 days in the year, between two teachers"},
            {"label": "Towards it", "value": "£2,000"},
            {"label": "First meeting", "value": "Thursday 23 September 2027, afternoon"},
            {"label": "Signed so far", "value": "2 of 4"},
        ],
        "commitments": [
            "Both advocates are released for at least four separate half-day meetings between September and July.",
            "Between them they have at least ten days for this work in the year.",
            "Between meetings they do the tasks planned with the specialist.",
        ],
        "chips": [
            {"label": "To decide", "count": 18, "url": "?", "current": True},
            {"label": "Signing", "count": 6, "url": "?view=signing"},
            {"label": "Not signed by the head", "count": 4, "url": "?view=head"},
            {"label": "All", "count": 37, "url": "?view=all"},
        ],
        "bids": [
            _bid(
                "Archway School", "Stroud", "6.1", 901, "19.2", "ssss", "3.6", "0.4", "Ready to decide", "green", "hub"
            ),
            _bid(
                "Maidenhill School",
                "Stonehouse",
                "4.8",
                717,
                "16.0",
                "ssss",
                "3.4",
                "0.2",
                "Ready to decide",
                "green",
                "hub",
            ),
            _bid(
                "Barnwood Park School",
                "Gloucester",
                "3.2",
                864,
                "27.5",
                "ssss",
                "3.3",
                "1.6",
                "Third reader",
                "orange",
                "reviewer",
            ),
            _bid(
                "Cirencester Deer Park School",
                "Cirencester",
                "18.4",
                1013,
                "12.1",
                "ssss",
                "3.1",
                "0.5",
                "Ready to decide",
                "green",
                "hub",
            ),
            _bid(
                "Sir William Romney’s School",
                "Tetbury",
                "21.7",
                527,
                "11.3",
                "sssw",
                "2.8",
                "0.6",
                "Signing",
                "grey",
                "headteacher",
            ),
            {"line": True},
            _bid("Thomas Keble School", "Stroud", "8.0", 672, "9.9", "ssnw", "–", "–", "Head said no", "red", "school"),
            _bid(
                "Winchcombe School", "Cheltenham", "16.6", 476, "12.7", "ssss", "2.2", "0.8", "Reserve 1", "grey", "hub"
            ),
        ],
        "page": Paginator(range(500), 50).get_page(request.GET.get("page", 4)),
        "needs": [
            {
                "title": "Decide 18 bids for Secondary Development",
                "url": "/n/1",
                "why": "Panel on Wednesday 16 June. Two wait for a third reader.",
                "when": "in 6 days",
            },
            {
                "title": "Thomas Keble School: the head said no",
                "url": "/n/2",
                "why": "“We cannot release two teachers this year.” The school has been told.",
                "when": "since Monday",
                "tone": "late",
            },
            {
                "title": "Confirm that 4 schools completed Development",
                "url": "/n/3",
                "why": "All have met the expectations of the year.",
                "when": "by 31 July",
            },
        ],
        "chart": plots.bars(
            "This round",
            [("Started", 44), ("Sent to sign", 37), ("All signed", 31), ("Offered", 5), ("Places", 12, "sun")],
            key="round",
            left=42,
            span=40,
            heading="govuk-heading-m",
        ),
        "people": [
            {
                "name": "Helen Carter",
                "about": "Headteacher. We asked her on Tuesday and will again on Friday.",
                "state": "Signs next",
                "colour": "orange",
                "url": "/remind",
                "link": "Remind",
            },
            {"name": "Amira Khan", "about": "Key Stage 3 lead, Mastery Advocate", "state": "Signed", "colour": "green"},
            {"name": "Tom Ellis", "about": "Teacher of maths, Mastery Advocate", "state": "Said no", "colour": "red"},
        ],
        "steps": [
            {"what": "You sent the form", "when": "Thursday 18 March 2027", "stage": "done"},
            {"what": "Helen Carter signs", "when": "by Friday 28 May 2027, 11:59pm", "stage": "now"},
            {"what": "GLOW decides", "when": "in the week of 14 June"},
        ],
        "rows": [
            {
                "key": "School",
                "value": "Maidenhill School\nStonehouse",
                "change_url": "/c/1",
                "change_what": "the school",
            },
            {"key": "Hub", "value": "GLOW", "change_url": "/c/2"},
            {"key": "Phone", "value": ""},
        ],
        "letter": LETTER,
        "events": [
            {"at": london(date(2027, 3, 16), 9, 5), "text": "Sam Osei began the form"},
            {"at": london(date(2027, 3, 18), 12), "text": "Sam Osei sent it for signature"},
        ],
        "map": maps.draw(
            "Where the hubs are",
            maps.shapes(GEO, "gss_code"),
            [maps.Area("A", "North", "3", "4 hubs", "/hubs/n"), maps.Area("B", "South", "here", "yours")],
            finding="The south has one hub.",
            places=[(300_000, 300_000), (320_000, 310_000)],
            frame=["A", "B"],
        ),
    }


class AwayDatabase:
    """A middleware that meets a database which cannot be reached."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        raise OperationalError("connection to server failed")


@public("A page of the tests.", methods=("GET", "POST"))
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the gallery."""
    found = context(request)
    kind = SignForm if name == "sign" else HeadForm
    found["form"] = kind(request.POST) if request.method == "POST" else kind()
    if name in ("start", "checker"):
        del found["menu"], found["user"]
    request.sorted_by = request.GET.get("sort", "-score")
    template = engines["django"].from_string((PAGES / f"{name}.html").read_text())
    return HttpResponse(template.render(found, request))


@public("A page of the tests.")
def suggest(request: HttpRequest) -> JsonResponse:
    """Two schools, one of them with a name that is no markup."""
    schools = [
        {"urn": "115775", "name": "Maidenhill School", "town": "Stonehouse", "postcode": "GL10 2HA"},
        {"urn": "100001", "name": "<b>Bold</b> & Sons’ School", "town": "Maidstone", "postcode": "ME1 1AA"},
    ]
    return JsonResponse(schools, safe=False)


urlpatterns = [
    path("gallery/<slug:name>", page, name="gallery"),
    path("schools/suggest", suggest),
    path("", include("hubportal.urls")),
]
handler500 = "core.ui.errors.server_error"
