"""Two hubs alike, a person in every role of the first, and for each address of the portal a sample to ask for.

A new address gets a line in SAMPLES, a new permission one in MAY, a new kind of thing one in SEES: said here by hand,
apart from the code, so that the matrix compares two statements. An address without a line fails `test_permissions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse

from accounts.models import NationalRole, SignIn, User
from applications.documents import COMMITMENT
from applications.models import ExpressionOfInterest, Round
from core.documents import store
from core.documents.models import StoredDocument
from core.links.models import Link
from core.links.services import HELD
from core.signing.models import SignatureRequest
from hubs.models import Hub, HubRole
from schools.models import School, SchoolRole
from tests.clock import NOW
from tests.factories.accounts import NationalMembershipFactory, UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, sign
from tests.factories.hubs import HubFactory, HubMembershipFactory, LeaderFactory
from tests.factories.programmes import EditionFactory
from tests.factories.schools import LocalAuthorityFactory, SchoolFactory, SchoolMembershipFactory

# --- People ---------------------------------------------------------------------------------------------------------
# Of product section 14, as far as they exist, and those who come before any role.
HUB_PEOPLE = ("lead", "administrator", "tfm_lead", "finance", "group_leader", "lead_who_teaches_there")
SCHOOL_PEOPLE = ("beginner", "coordinator", "head", "head_of_department", "advocate")
OTHERS = ("national_administrator", "national_analyst", "support", "newcomer")
PEOPLE = (*HUB_PEOPLE, *SCHOOL_PEOPLE, *OTHERS)
SIGNED_IN = frozenset(PEOPLE)
RUN_THE_HUB = frozenset({"lead", "administrator", "lead_who_teaches_there"})
LEAD_THE_HUB = frozenset({"lead", "lead_who_teaches_there"})
HEADS = frozenset({"head", "head_of_department"})

WORK_FOR_THE_HUB = RUN_THE_HUB | {"tfm_lead", "finance"}
READ_THE_ROLL = RUN_THE_HUB | {"tfm_lead"}
READ_EVERYTHING = frozenset({"national_administrator"})

# --- Who sees what of their own hub and school ----------------------------------------------------------------------
SEES: dict[str, frozenset[str]] = {
    "round": RUN_THE_HUB | READ_EVERYTHING,
    "roll": READ_THE_ROLL | READ_EVERYTHING,
    "draft": frozenset({"beginner"}),
    "sent": frozenset({"beginner", "coordinator"}) | HEADS | RUN_THE_HUB | READ_EVERYTHING,
    "own_request": frozenset({"head"}),  # asked to sign at the address they sign in with
    "own_session": SIGNED_IN,  # each their own
}
# --- Nobody sees the other hub's and school's, save who reads everything --------------------------------------------
SEES_THE_OTHERS: dict[str, frozenset[str]] = {
    "round": READ_EVERYTHING,
    "roll": READ_EVERYTHING,
    "sent": READ_EVERYTHING,
}

# --- Who may do what with a thing they see --------------------------------------------------------------------------
MAY: dict[str, frozenset[str]] = {
    "accounts.see_own_account": SIGNED_IN,
    "accounts.change_own_name": SIGNED_IN,
    "accounts.end_own_session": SIGNED_IN,
    "accounts.end_own_other_sessions": SIGNED_IN,
    "accounts.use_support_admin": frozenset({"support"}),
    "reports.see_home": SIGNED_IN,
    "reports.see_national_figures": frozenset({"national_administrator", "national_analyst"}),
    "hubs.see_own": WORK_FOR_THE_HUB,
    "programmes.see_rolls": READ_THE_ROLL | READ_EVERYTHING,
    "programmes.see_roll": READ_THE_ROLL | READ_EVERYTHING,
    "applications.begin_eoi": SIGNED_IN,
    "applications.see_own_forms": SIGNED_IN,
    "applications.see_eoi": SIGNED_IN,
    "applications.edit_eoi": frozenset({"beginner"}),
    "applications.send_eoi": frozenset({"beginner"}),
    "applications.remind_signatory": frozenset({"beginner"}) | RUN_THE_HUB,
    "applications.withdraw_eoi": frozenset({"beginner", "coordinator"}),
    "applications.answer_offer": frozenset({"coordinator"}) | HEADS,
    "applications.see_rounds": RUN_THE_HUB | READ_EVERYTHING,
    "applications.open_round": RUN_THE_HUB,
    "applications.see_queue": RUN_THE_HUB | READ_EVERYTHING,
    "applications.export_queue": RUN_THE_HUB | READ_EVERYTHING,
    "applications.edit_round": RUN_THE_HUB,
    "applications.review_eoi": RUN_THE_HUB | READ_EVERYTHING,
    "applications.note_on_eoi": RUN_THE_HUB,
    "applications.decide_eoi": frozenset({"lead"}),
    "applications.decide_many": LEAD_THE_HUB,
    "applications.settle_question": frozenset({"lead"}),
    "applications.extend": LEAD_THE_HUB,
    "applications.cancel_round": LEAD_THE_HUB,
}


@dataclass
class Side:
    """One hub with a school of its area and that school's forms."""

    hub: Hub
    school: School
    round: Round
    draft: ExpressionOfInterest
    sent: ExpressionOfInterest
    request: SignatureRequest
    link: Link
    offer_link: Link
    signed_link: Link  # of who has signed: it shows their receipt


@dataclass
class World:
    own: Side
    other: Side
    people: dict[str, User]
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """A browser in which the person is signed in; the same one each time."""
        if name not in self.clients:
            self.clients[name] = Client()
            self.clients[name].force_login(self.people[name])
        return self.clients[name]

    def holder(self, side: Side) -> Client:
        """A browser that has opened the personal links of a side's school, with nobody signed in."""
        client = Client()
        session = client.session
        session[HELD] = [str(link.pk) for link in (side.link, side.offer_link, side.signed_link)]
        session.save()
        client.cookies["session"] = session.session_key
        return client


def _side(number: int, edition: Any, beginner: User) -> Side:
    hub = HubFactory(area=LocalAuthorityFactory(code=str(916 + number), name=f"Shire {number}"))
    school = SchoolFactory(la__code=str(916 + number))
    round_ = RoundFactory(hub=hub, edition=edition)
    # Drafts block nobody: the same school has one of each.
    draft = ExpressionOfInterestFactory(round=round_, school=school, begun_by=beginner)
    sent = ExpressionOfInterestFactory(round=round_, school=school, begun_by=beginner, signing=True)
    data = f"%PDF-1.7 commitment {number}".encode()
    StoredDocument.objects.create(
        kind=COMMITMENT, subject_id=sent.pk, reference=sent.reference, scope=hub.pk, version=1,
        sha256=store.put(data), size=len(data), filename="commitment.pdf", title="Commitment", created_at=NOW,
    )  # fmt: skip
    request = SignatureRequest.objects.get(subject_id=sent.pk, email=f"head@s{school.pk}.example")
    offer = Link.objects.create(
        kind="applications.answer_offer", subject_id=sent.pk, name="Helen Carter", email=request.email, scope=hub.pk,
        token_hash=f"{number}" * 64, created_at=NOW, valid_until=request.valid_until,
    )  # fmt: skip
    done = SignatureRequest.objects.get(subject_id=sent.pk, email=f"j.marsh@s{school.pk}.example")
    sign(sent, by=["head_of_department"])
    done.refresh_from_db()
    assert request.link is not None and done.link is not None
    return Side(hub, school, round_, draft, sent, request, request.link, offer, done.link)


def build() -> World:
    """Make it: about a second, so once a test."""
    edition = EditionFactory()
    people = {name: UserFactory(email=f"{name}@people.example", name=name) for name in PEOPLE}
    own = _side(1, edition, people["beginner"])
    other = _side(2, edition, UserFactory())
    User.objects.filter(pk=people["head"].pk).update(email=own.request.email)
    for name, role in (
        ("lead", HubRole.LEAD),
        ("administrator", HubRole.ADMINISTRATOR),
        ("tfm_lead", HubRole.TFM_LEAD),
        ("finance", HubRole.FINANCE),
        ("lead_who_teaches_there", HubRole.LEAD),
    ):
        HubMembershipFactory(hub=own.hub, user=people[name], role=role)
    LeaderFactory(hub=own.hub, user=people["group_leader"])
    for name, role in (
        ("coordinator", SchoolRole.COORDINATOR),
        ("head", SchoolRole.HEAD),
        ("head_of_department", SchoolRole.HEAD_OF_DEPARTMENT),
        ("advocate", SchoolRole.ADVOCATE),
        ("lead_who_teaches_there", SchoolRole.ADVOCATE),
    ):
        SchoolMembershipFactory(school=own.school, user=people[name], role=role)
    # Both sides have staff, so that nothing is empty that should be walled off.
    HubMembershipFactory(hub=other.hub)
    SchoolMembershipFactory(school=other.school)
    NationalMembershipFactory(user=people["national_administrator"])
    NationalMembershipFactory(user=people["national_analyst"], role=NationalRole.ANALYST)
    User.objects.filter(pk=people["support"].pk).update(is_staff=True)
    return World(own, other, {name: User.objects.get(pk=user.pk) for name, user in people.items()})


# --- Addresses ------------------------------------------------------------------------------------------------------
Arguments = Callable[[World, Side, str], dict[str, Any]]  # the world, whose side, who asks


@dataclass(frozen=True)
class Sample:
    """How one address is asked for: its arguments, the kind of thing it is about ("" for none), its query.

    `settled` says why a person who is let in may yet be answered 404: what the page needs is not in the sample.
    """

    arguments: Arguments = lambda world, side, who: {}
    thing: str = ""
    query: str = ""
    settled: str = ""

    def url(self, name: str, world: World, side: Side, who: str) -> str:
        return reverse(name, kwargs=self.arguments(world, side, who)) + self.query

    def url_of_nothing(self, name: str, world: World, side: Side, who: str) -> str:
        """The same address with ids that nothing has."""
        kwargs = self.arguments(world, side, who)
        return reverse(
            name,
            kwargs={
                k: uuid4() if isinstance(v, UUID) else "no-such-hub" if k == "slug" else v for k, v in kwargs.items()
            },
        )


def one(thing: str, argument: str, find: Callable[[Side], Any], **more: Any) -> Sample:
    """A thing of a side, by its key."""
    return Sample(lambda world, side, who: {argument: find(side).pk, **more}, thing)


def form(state: str, **more: Any) -> Sample:
    return one(state, "eoi_id", lambda side: getattr(side, state), **more)


def either(**more: Any) -> tuple[Sample, Sample]:
    """A form not yet sent, and one that was."""
    return form("draft", **more), form("sent", **more)


def a_round(**more: Any) -> tuple[Sample]:
    return (one("round", "round_id", lambda side: side.round, **more),)


def a_link(which: str) -> tuple[Sample]:
    return (one("link", "link_id", lambda side: getattr(side, which)),)


def a_session(world: World, side: Side, who: str) -> dict[str, Any]:
    """One's own on the own side, somebody else's on the other."""
    owner = who if side is world.own and who in PEOPLE else next(n for n in PEOPLE if n != who)
    world.client(owner)
    return {"sign_in_id": SignIn.objects.filter(user=world.people[owner]).latest("began_at").pk}


def somebody_of_it(world: World, side: Side, who: str) -> dict[str, Any]:
    return {"eoi_id": side.sent.pk, "request_id": side.request.pk}


def _edition(side: Side) -> dict[str, Any]:
    return {"slug": side.round.edition.programme_id, "year": side.round.edition.year}


PLAIN = (Sample(),)

SAMPLES: dict[str, Iterable[Sample]] = {
    "ui:healthz": PLAIN,
    "ui:readyz": PLAIN,
    "ui:robots": PLAIN,
    "ui:security_txt": PLAIN,
    "account_login": PLAIN,
    "account_request_login_code": PLAIN,
    "account_confirm_login_code": PLAIN,
    "account_inactive": PLAIN,
    "account_logout": PLAIN,
    "accounts:you": PLAIN,
    "accounts:name": PLAIN,
    "accounts:end_session": (Sample(a_session, "own_session"),),
    "accounts:end_other_sessions": PLAIN,
    "reports:start": PLAIN,
    "reports:home": PLAIN,
    "reports:figures_csv": PLAIN,
    "reports:accessibility": PLAIN,
    "reports:privacy": PLAIN,
    "reports:hub_privacy": (Sample(lambda world, side, who: {"slug": side.hub.slug}),),
    "reports:contact": PLAIN,
    "reports:help": PLAIN,
    "reports:cookies": PLAIN,
    "links:open": (Sample(lambda world, side, who: {"token": "no-such-token"}),),
    "links:send_again": PLAIN,
    "links:continue": a_link("link"),
    "notifications:stop": (Sample(lambda world, side, who: {"sealed": "no-such-mail"}),),
    "documents:verify": PLAIN,
    "schools:search": PLAIN,
    "schools:suggest": PLAIN,
    "schools:detail": (Sample(lambda world, side, who: {"urn": side.school.pk}),),
    "hubs:index": PLAIN,
    "hubs:find": PLAIN,
    "hubs:own": PLAIN,
    "hubs:detail": (Sample(lambda world, side, who: {"slug": side.hub.slug}),),
    "programmes:list": PLAIN,
    "programmes:edition": (Sample(lambda world, side, who: _edition(side)),),
    "programmes:sheet": (Sample(lambda world, side, who: _edition(side)),),
    "programmes:rolls": PLAIN,
    "programmes:roll": (Sample(lambda world, side, who: {"slug": side.hub.slug}, "roll"),),
    "programmes:roll_csv": (Sample(lambda world, side, who: {"slug": side.hub.slug}, "roll"),),
    "applications:check": (Sample(lambda world, side, who: {"urn": side.school.pk}),),
    "applications:rounds": PLAIN,
    "applications:own_rounds": PLAIN,
    "applications:round_new": PLAIN,
    "applications:round_edit": a_round(),
    "applications:more_time": a_round(),
    "applications:round_cancel": a_round(),
    "applications:own_forms": PLAIN,
    "applications:begin": (Sample(settled="the query names no school"),),
    "applications:task_list": either(),
    "applications:page": either(part="school"),
    "applications:check_answers": either(),
    "applications:sign_here": (one("own_request", "eoi_id", lambda side: side.sent),),
    "applications:refuse_here": (one("own_request", "eoi_id", lambda side: side.sent),),
    "applications:revise": either(),
    "applications:withdraw": either(),
    "applications:remind": (Sample(somebody_of_it, "sent"),),
    "applications:reissue": (Sample(somebody_of_it, "sent"),),
    "applications:commitment": (form("sent"),),
    "applications:answer": (form("sent"),),
    "applications:sign": a_link("link"),
    "applications:refuse_to_sign": a_link("link"),
    "applications:signed_commitment": a_link("signed_link"),
    "applications:answer_offer": a_link("offer_link"),
    "applications:queue": a_round(),
    "applications:queue_csv": a_round(),
    "applications:drafts": a_round(),
    "applications:decide_many": a_round(),
    "applications:bid": either(),
    "applications:note": either(),
    "applications:settle": either(code="support"),
    "applications:let_lapse": either(),
    "applications:reopen": either(),
    "applications:neighbour": either(way="next"),
    "applications:decide": either(name="offer"),
}
