"""The demo's year: three hubs, their people, their rounds, and forms in every state, by the portal's own services."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import NationalRole, User
from accounts.services import appoint_nationally, person_at
from applications.models import ExpressionOfInterest, Round
from applications.services import answering, deciding, drafts, rounds, sending
from applications.services.deciding import end_of
from applications.states import State
from core.clock import london
from core.signing.models import SignatureRequest
from demo import people
from demo.models import FIRST_DAY, DemoPerson
from hubs.models import Hub, HubArea, HubRole, Phase, TermDates
from hubs.services import accredit, appoint
from programmes import services as programmes
from programmes.models import Edition, Programme
from schools.models import EstablishmentType, RegisterPhase, School, SchoolRole, Status
from schools.services import appoint as appoint_at_school

MAIDENHILL = "115775"


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    return london(day, hour, minute)


def march(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return at(date(2027, 3, day), hour, minute)


def build(say: Callable[[str], None] = lambda text: None) -> None:
    """Fill an empty portal whose register and reference data are loaded. Everything stands round 18 March 2027."""
    _Builder(say).build()


@dataclass
class _Form:
    """A form in the making, with the people it names."""

    eoi: ExpressionOfInterest
    applicant: User


class _Builder:
    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.names: Iterator[str] = people.names()
        self.taken: set[str] = {MAIDENHILL}
        self.made = 0

    def build(self) -> None:
        self.glow, self.jurassic, self.nw3 = (Hub.objects.get(short_name=name) for name in ("GLOW", "Jurassic", "NW3"))
        self.say("Inventing the people of three hubs.")
        self._staff()
        self._terms()
        self._rounds()
        self.say("Putting last year’s schools on the roll.")
        self._roll()
        self.say("Filling in forms.")
        self._glow()
        self._jurassic()
        self._primary()
        self._decided()

    # --- People -------------------------------------------------------------------------------------------------------

    def _person(self, name: str, email: str, plays: str = "", see: str = "", order: int = 0) -> User:
        user = person_at(email=email)
        if not user.name:
            user.name = name
            user.save(update_fields=["name"])
        if plays:
            DemoPerson.objects.update_or_create(
                email=user.email, defaults={"name": name, "plays": plays, "worth_seeing": see, "order": order}
            )
        return user

    def _staff(self) -> None:
        start = at(date(2026, 9, 1))
        national = self._person(
            "Miriam Oakes",
            "miriam.oakes@national.example",
            "National administrator",
            "every hub’s figures, rounds, forms and roll, to read",
            90,
        )
        appoint_nationally(user=national, role=NationalRole.ADMINISTRATOR, by=None, now=start)
        analyst = self._person(
            "Dev Anand",
            "dev.anand@national.example",
            "National analyst",
            "every hub’s figures and their file, no names",
            91,
        )
        appoint_nationally(user=analyst, role=NationalRole.ANALYST, by=None, now=start)
        self._contacts()
        self.leads = {}
        for hub, name, email, see, order in (
            (self.glow, "Priya Nair", "priya.nair@glow.example", "a round that is open, forms coming in", 1),
            (
                self.nw3,
                "Siân Prosser",
                "sian.prosser@nw3.example",
                "a closed round: offers, reserves, decisions to take",
                2,
            ),
            (self.jurassic, "Martin Hale", "martin.hale@jurassic.example", "a round that closes in two weeks", 3),
        ):
            lead = self._person(name, email, f"Lead of {hub.name}", see, order)
            appoint(hub=hub, user=lead, role=HubRole.LEAD, by=None, now=start)
            self.leads[hub.pk] = lead
            Hub.objects.filter(pk=hub.pk).update(
                email=f"office@{email.partition('@')[2]}",
                website="",
                privacy_notice=(
                    f"{hub.name} holds what schools write in their forms so that it can choose schools for programmes "
                    "and support them. Staff of the hub read it, and national administrators. It is "
                    "kept for twelve months after the year’s end where a school was not chosen, and for six years "
                    "where it was: public money is spent."
                ),
            )
            hub.refresh_from_db()
        administrator = self._person(
            "Colin Webb",
            "colin.webb@glow.example",
            f"Administrator of {self.glow.name}",
            "the same round, without decisions",
            4,
        )
        appoint(hub=self.glow, user=administrator, role=HubRole.ADMINISTRATOR, by=self.leads[self.glow.pk], now=start)
        tfm = self._person(
            "Ruth Vane",
            "ruth.vane@glow.example",
            f"TfM lead of {self.glow.name}",
            "the roll of the hub, its first meetings",
            5,
        )
        appoint(hub=self.glow, user=tfm, role=HubRole.TFM_LEAD, by=self.leads[self.glow.pk], now=start)
        for hub, phase, leaders in (
            (self.glow, Phase.SECONDARY, ("Dan Whitlock", "Imogen Shaw", "Tunde Bello")),
            (self.jurassic, Phase.SECONDARY, ("Kerry Loveridge", "Alun Bishop")),
            (self.nw3, Phase.SECONDARY, ("Farida Hussein", "Ged Molyneux")),
            (self.nw3, Phase.PRIMARY, ("Carla Entwistle", "Mo Sesay")),
        ):
            schools = self._schools(hub, phase, keep=False)
            for number, name in enumerate(leaders):
                accredit(
                    hub=hub,
                    name=name,
                    email=people.address(name, "specialists"),
                    phase=phase,
                    by=self.leads[hub.pk],
                    today=date(2024, 9, 1),
                    now=start,
                    cohort=number + 4,
                    school=next(schools),
                )

    def _contacts(self) -> None:
        """Every hub can be written to and rung up, under numbers kept free for use in stories."""
        hubs = list(Hub.objects.all())
        for number, hub in enumerate(hubs, start=101):
            hub.email = f"office@{hub.slug}.example"
            hub.telephone = f"01632 960 {number}"
        Hub.objects.bulk_update(hubs, ["email", "telephone"])

    def _terms(self) -> None:
        for hub in (self.glow, self.jurassic, self.nw3):
            TermDates.objects.bulk_create(
                TermDates(hub=hub, name=name, starts_on=first, ends_on=last)
                for name, first, last in (
                    ("Autumn 2026, first half", date(2026, 9, 2), date(2026, 10, 23)),
                    ("Autumn 2026, second half", date(2026, 11, 2), date(2026, 12, 18)),
                    ("Spring 2027, first half", date(2027, 1, 4), date(2027, 2, 12)),
                    ("Spring 2027, second half", date(2027, 2, 22), date(2027, 3, 25)),
                    ("Summer 2027, first half", date(2027, 4, 12), date(2027, 5, 28)),
                    ("Summer 2027, second half", date(2027, 6, 7), date(2027, 7, 21)),
                    ("Autumn 2027, first half", date(2027, 9, 1), date(2027, 10, 22)),
                )
            )

    # --- Rounds -------------------------------------------------------------------------------------------------------

    def _rounds(self) -> None:
        secondary = Edition.objects.get(programme="secondary-development", year=2027)
        primary = Edition.objects.get(programme="primary-development", year=2027)
        chooses = (
            "Two leads of the hub read each form and look for three things: time for both teachers, a head behind it, "
            "and a department that has asked for this. Where forms are equal we take the school a specialist can reach."
        )
        self.glow_round = self._round(
            self.glow,
            secondary,
            opens=march(1, 9),
            closes=date(2027, 5, 28),
            signing=date(2027, 6, 11),
            panel=date(2027, 6, 16),
            decisions=date(2027, 6, 25),
            places=12,
            first_meeting=at(date(2027, 9, 23), 13),
            arrangements="Afternoon meetings in Gloucester and Cheltenham, and specialist days in your own school.",
            how_we_select=chooses,
        )
        self._round(
            self.glow,
            primary,
            announced="after the Easter holidays",
            places=14,
            how_we_select="We place schools in groups of six or seven that can reach one another in half an hour.",
        )
        self.jurassic_round = self._round(
            self.jurassic,
            secondary,
            opens=at(date(2027, 2, 1), 9),
            closes=date(2027, 3, 31),
            signing=date(2027, 4, 16),
            panel=date(2027, 4, 28),
            decisions=date(2027, 5, 7),
            places=8,
            first_meeting=at(date(2027, 9, 28), 9, 30),
            arrangements="Morning meetings in Dorchester and Exeter.",
            how_we_select=chooses,
            other_areas=Round.OtherAreas.LAST,
        )
        self.primary_round = self._round(
            self.nw3,
            primary,
            opens=at(date(2027, 2, 22), 9),
            closes=date(2027, 4, 26),
            signing=date(2027, 5, 14),
            panel=date(2027, 5, 26),
            decisions=date(2027, 6, 4),
            places=14,
            how_we_select="We place schools in groups of six or seven within one borough where we can.",
        )
        self.decided_round = self._round(
            self.nw3,
            secondary,
            opens=at(date(2027, 1, 11), 9),
            closes=date(2027, 3, 5),
            signing=date(2027, 3, 12),
            panel=date(2027, 3, 17),
            decisions=date(2027, 3, 26),
            places=5,
            first_meeting=at(date(2027, 9, 21), 13, 15),
            arrangements="Meetings at schools of the group in turn, all within the boroughs we serve.",
            how_we_select=chooses,
        )

    def _round(
        self,
        hub: Hub,
        edition: Edition,
        *,
        opens: datetime | None = None,
        closes: date | None = None,
        signing: date | None = None,
        panel: date | None = None,
        decisions: date | None = None,
        first_meeting: datetime | None = None,
        **fields: Any,
    ) -> Round:
        lead = self.leads[hub.pk]
        return Round.objects.create(
            hub=hub,
            edition=edition,
            opens_at=opens,
            closes_at=closes and end_of(closes),
            signing_deadline_at=signing and end_of(signing),
            panel_on=panel,
            decisions_by=decisions,
            first_meeting_at=first_meeting,
            contact_name=lead.name,
            contact_email=hub.email,
            contact_telephone=hub.telephone,
            **fields,
        )

    # --- Schools ------------------------------------------------------------------------------------------------------

    def _schools(self, hub: Hub, phase: Phase, *, keep: bool = True) -> Iterator[School]:
        """Real schools of a hub's area that may apply, in a fixed order, none given out twice."""
        phases = (
            (RegisterPhase.SECONDARY, RegisterPhase.ALL_THROUGH)
            if phase == Phase.SECONDARY
            else (RegisterPhase.PRIMARY,)
        )
        areas = HubArea.objects.on(FIRST_DAY).filter(hub=hub).values("la")
        found = School.objects.filter(
            la__in=areas,
            status=Status.OPEN,
            phase__in=phases,
            type__state_funded=EstablishmentType.Funding.YES,
            type__sector=EstablishmentType.Sector.MAINSTREAM,
        ).order_by("postcode", "urn")
        for school in found:
            if school.pk not in self.taken:
                if keep:
                    self.taken.add(school.pk)
                yield school

    def _roll(self) -> None:
        """Schools that took part before: some in Development now, some further on, so rule 7 has a roll to read."""
        secondary, _ = Edition.objects.get_or_create(
            programme=Programme.objects.get(pk="secondary-development"), year=2025
        )
        running = Edition.objects.get(programme="secondary-development", year=2026)
        embedding = Edition.objects.get(programme="secondary-embedding", year=2026)
        for hub in (self.glow, self.jurassic, self.nw3):
            schools = self._schools(hub, Phase.SECONDARY)
            for _ in range(3):
                self._enrol(next(schools), running, hub, at(date(2026, 7, 1)))
            for _ in range(2):
                school = next(schools)
                before = self._enrol(school, secondary, hub, at(date(2025, 7, 1)))
                programmes.complete(enrolment_id=before.pk, by=self.leads[hub.pk], now=at(date(2026, 7, 10)))
                self._enrol(school, embedding, hub, at(date(2026, 7, 12)))

    def _enrol(self, school: School, edition: Edition, hub: Hub, now: datetime) -> Any:
        host = f"s{school.pk}"
        first, second = next(self.names), next(self.names)
        return programmes.enrol(
            edition=edition,
            terms=edition.current_terms,
            school=school,
            hub=hub,
            lane="",
            eoi_id=None,
            advocates=[
                programmes.Named(
                    name=first, email=people.address(first, host), role="Key Stage 3 lead", senior=True, trn=""
                ),
                programmes.Named(
                    name=second, email=people.address(second, host), role="Teacher of maths", senior=False, trn=""
                ),
            ],
            by=self.leads[hub.pk],
            now=now,
        )

    # --- Forms --------------------------------------------------------------------------------------------------------

    def _begin(self, round_: Round, school: School, now: datetime, applicant: User | None = None) -> _Form:
        if applicant is None:
            name = next(self.names)
            applicant = self._person(name, people.address(name, f"s{school.pk}"))
        eoi = drafts.begin(
            school=school,
            edition=round_.edition,
            once=uuid.uuid4(),
            by=applicant,
            now=now,
            today=now.date(),
            round_id=round_.pk,
        )
        return _Form(eoi, applicant)

    def _fill(self, form: _Form, now: datetime, *, without: tuple[str, ...] = (), applicant_is: str = "") -> None:
        """Fill in every page, leaving out what `without` names: positions, "statement", "role"."""
        eoi, host = form.eoi, f"s{form.eoi.school_id}"
        primary = eoi.edition.programme.is_primary
        self.made += 1
        self._save(
            form,
            "school",
            now,
            fields={
                "school_confirmed": True,
                "hub_confirmed": True,
                "telephone": eoi.school.telephone or "01632 960 456",
            },
        )
        cast = {position: next(self.names) for position in ("head", "head_of_department", "lead_1", "lead_2")}
        if applicant_is:
            cast[applicant_is] = form.applicant.name
        email = {
            position: form.applicant.email if position == applicant_is else people.address(name, host)
            for position, name in cast.items()
        }
        roles = (
            (("maths_lead", "Maths lead", None), ("teacher", "Year 2 teacher", None))
            if primary
            else (("key_stage_3_lead", "Key Stage 3 lead", True), ("teacher", "Teacher of maths", False))
        )
        rows: dict[str, dict[str, Any]] = {
            "head": {"post": "headteacher"},
            "head_of_department": {"post": "head_of_department"},
        }
        for position, (code, role, senior) in zip(("lead_1", "lead_2"), roles, strict=True):
            rows[position] = {
                "role_code": code,
                "role": role,
                "senior": senior,
                "year_groups": ["Y2", "Y5"] if primary else ["Y7", "Y8", "Y10"],
                "trn": f"{3_100_000 + self.made * 2 + (position == 'lead_2'):07d}",
            }
        if "role" in without:
            rows["lead_2"] |= {"role_code": "", "role": "", "senior": None}
        pages = {"head": "people", "head_of_department": "people", "lead_1": "lead-1", "lead_2": "lead-2"}
        for position, values in rows.items():
            if position not in without:
                named = {"name": cast[position], "email": email[position]}
                self._save(form, pages[position], now, nominees={position: {**named, **values}})
        texts = people.PRIMARY_STATEMENTS if primary else people.STATEMENTS
        first, second = (cast[position].split()[0] for position in ("lead_1", "lead_2"))
        statement = texts[self.made % len(texts)].format(first=first, second=second)
        if "statement" in without:
            statement = statement[:260]
        worked = "yes" if self.made % 4 == 0 else "no"
        what = "A specialist planned two units with us in Autumn 2025." if worked == "yes" else ""
        self._save(form, "worked-before", now, answers={"worked_before": worked, "worked_before_what": what})
        self._save(form, "statement", now, answers={"statement": statement})
        self._save(form, "heard", now, answers={"heard": people.HEARD[self.made % len(people.HEARD)]})

    def _save(self, form: _Form, page: str, now: datetime, **what: Any) -> None:
        form.eoi = drafts.save_page(
            eoi_id=form.eoi.pk, page=page, seen=form.eoi.version, by=form.applicant, now=now, **what
        )

    def _sent(self, round_: Round, school: School, now: datetime, **how: Any) -> _Form:
        form = self._begin(round_, school, now)
        self._fill(form, now + timedelta(hours=1), **how)
        sending.send_for_signature(eoi_id=form.eoi.pk, by=form.applicant, now=now + timedelta(hours=2))
        return form

    def _sign(self, form: _Form, now: datetime, *, but: tuple[str, ...] = ()) -> None:
        """Everyone signs, a few hours apart, but those in the roles named."""
        waiting = SignatureRequest.objects.filter(subject_id=form.eoi.pk, state="asked").order_by("asked_at", "pk")
        moment = now
        for request in waiting:
            if not set(but) & set(request.roles):
                moment += timedelta(minutes=47)
                sending.sign(
                    request_id=request.pk,
                    typed_name=request.name,
                    roles=set(request.roles),
                    statement="I have read what is promised and sign it.",
                    grade="B",
                    address="192.0.2.24",
                    browser="Mozilla/5.0 (demo)",
                    link_id=request.link_id,
                    now=moment,
                )

    def _signed(self, round_: Round, school: School, now: datetime, **how: Any) -> _Form:
        form = self._sent(round_, school, now, **how)
        self._sign(form, now + timedelta(hours=5))
        return form

    def _glow(self) -> None:
        sam = self._person(
            "Sam Osei",
            "sam.osei@maidenhill.example",
            "Teacher at Maidenhill School who fills in its form",
            "a form begun, one role missing",
            10,
        )
        form = self._begin(self.glow_round, School.objects.get(pk=MAIDENHILL), march(15, 16), sam)
        self._fill(form, march(17, 16, 40), without=("role", "statement"))
        schools = self._schools(self.glow, Phase.SECONDARY)
        for day in (2, 4, 8, 10):
            self._signed(self.glow_round, next(schools), march(day, 9, 15))
        self._sign(self._sent(self.glow_round, next(schools), march(11, 11)), march(12, 9), but=("head",))
        form = self._sent(self.glow_round, next(schools), march(15, 14))
        self._sign(form, march(16, 8), but=("head", "lead"))
        form = self._begin(self.glow_round, next(schools), march(9, 12))
        self._fill(form, march(9, 15), without=("lead_2", "statement"))
        asha = self._person(
            "Asha Pillai",
            "asha.pillai@severn.example",
            "Head of department who has sent her form and waits for the head",
            "whose turn it is, and a reminder to send",
            11,
        )
        form = self._begin(self.glow_round, next(schools), march(12, 9), asha)
        self._fill(form, march(12, 12), applicant_is="head_of_department")
        sending.send_for_signature(eoi_id=form.eoi.pk, by=asha, now=march(12, 13))
        self._sign(form, march(12, 14), but=("head",))
        # The timetable's reminder went on the Monday, so that one by hand may go now.
        for request in SignatureRequest.objects.filter(subject_id=form.eoi.pk, state="asked"):
            sending.remind_when_due(request_id=request.pk, step="A3", now=march(15, 8, 5))

    def _jurassic(self) -> None:
        schools = self._schools(self.jurassic, Phase.SECONDARY)
        february = [at(date(2027, 2, day), 10, 30) for day in (5, 11, 19, 24)]
        for moment in february:
            self._signed(self.jurassic_round, next(schools), moment)
        self._sign(
            self._sent(self.jurassic_round, next(schools), march(3, 13)), march(4, 8), but=("head_of_department",)
        )
        form = self._begin(self.jurassic_round, next(schools), march(5, 15))
        self._fill(form, march(5, 16), without=("head",))

    def _primary(self) -> None:
        schools = self._schools(self.nw3, Phase.PRIMARY)
        for day in (1, 3, 5, 9):
            self._signed(self.primary_round, next(schools), march(day, 15, 20))
        self._sign(self._sent(self.primary_round, next(schools), march(12, 9)), march(12, 12), but=("head",))
        form = self._begin(self.primary_round, next(schools), march(16, 16))
        self._fill(form, march(16, 17), without=("lead_1", "lead_2"))

    def _decided(self) -> None:
        """The closed round: every state that a decision leads to."""
        schools = self._schools(self.nw3, Phase.SECONDARY)
        lead, round_ = self.leads[self.nw3.pk], self.decided_round
        january = [at(date(2027, 1, day), 9, 40) for day in (13, 15, 19, 22, 26, 29)]
        february = [at(date(2027, 2, day), 14, 5) for day in (2, 4, 9, 11, 24, 26)]
        done = [self._signed(round_, next(schools), moment) for moment in (*january, *february)]
        accepted, refused, offered, lapsed, first, second, unchosen, withdrawn, *_to_decide = done
        for form in (accepted, refused, lapsed):
            early: dict[str, Any] = {"answer_by": end_of(date(2027, 3, 15))} if form is lapsed else {}
            deciding.offer(eoi_id=form.eoi.pk, by=lead, now=march(9, 10, 12), **early)
        answering.accept(eoi_id=accepted.eoi.pk, by=None, by_name=_head_of(accepted.eoi), now=march(10, 8, 30))
        answering.refuse(
            eoi_id=refused.eoi.pk,
            by=None,
            by_name=_head_of(refused.eoi),
            now=march(11, 15, 2),
            reason="Two colleagues leave at Easter, so we cannot release two teachers next year.",
        )
        deciding.lapse_offer(eoi_id=lapsed.eoi.pk, now=march(16, 8, 1))
        for form in (first, second):
            deciding.hold(eoi_id=form.eoi.pk, by=lead, now=march(16, 11))
        deciding.not_choose(
            eoi_id=unchosen.eoi.pk,
            by=lead,
            now=march(16, 11, 20),
            reason="next_year",
            words="Your new head of department starts in September. We would like to hear from you again then.",
        )
        sending.withdraw(
            eoi_id=withdrawn.eoi.pk,
            by=withdrawn.applicant,
            reason="Our trust has its own programme next year.",
            now=march(12, 10),
        )
        deciding.offer(eoi_id=offered.eoi.pk, by=lead, now=march(17, 15, 30), words="We were glad to read your form.")
        coordinator = self._person(
            "Nadia Greenhalgh",
            "nadia.greenhalgh@mersey.example",
            f"Coordinator of {offered.eoi.school.name}",
            "an offer to accept or refuse",
            12,
        )
        appoint_at_school(
            school=offered.eoi.school, user=coordinator, role=SchoolRole.COORDINATOR, by=lead, now=march(17, 16)
        )
        condition = self._sent(round_, next(schools), at(date(2027, 3, 3), 9))
        self._sign(condition, at(date(2027, 3, 4), 9), but=("head",))
        deciding.offer(eoi_id=condition.eoi.pk, by=lead, now=march(17, 15, 45))
        said_no = self._sent(round_, next(schools), at(date(2027, 3, 4), 12))
        self._sign(said_no, at(date(2027, 3, 5), 9), but=("head",))
        head = next(r for r in SignatureRequest.objects.filter(subject_id=said_no.eoi.pk) if "head" in r.roles)
        sending.refuse_to_sign(
            request_id=head.pk,
            reason="We cannot release two teachers this year.",
            link_id=head.link_id,
            now=march(11, 17, 12),
        )
        rounds.tell_of_closing(round_id=round_.pk, now=march(8, 8, 2))
        assert ExpressionOfInterest.objects.filter(round=round_, state=State.SUBMITTED).count() == len(_to_decide)


def _head_of(eoi: ExpressionOfInterest) -> str:
    return eoi.nominees.get(position="head").name
