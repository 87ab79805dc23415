"""The signed commitment as a sealed PDF, made from what is stored: the text as it was signed, and each signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from applications.emails import signing as letters
from applications.emails.frame import site
from applications.models import ExpressionOfInterest, Nominee
from applications.wording import post_of, role_word, words_of
from core.clock import london_date
from core.documents import qr
from core.documents.jobs import DocumentKind, Made, NotWanted
from core.documents.models import StoredDocument
from core.documents.templates import render_html
from core.notifications import outbox
from core.signing import services as signing
from core.signing.models import ChainLink, Signature
from core.signing.states import State as RequestState
from programmes.rules import sentence

COMMITMENT = "applications.commitment"
SUBJECT = "eoi"  # the kind of thing that was signed
STATEMENT = "statement"

GRADES = {
    "A": "A code mailed to the address, and the typed name",
    "B": "Personal link, and the typed name",
    "C": "Signed on paper",
    "D": "By telephone, on the register’s number",
}
MEANT_BY = {
    "A": "signed in with a code that was mailed to the address shown: whoever signed could read that mail.",
    "B": "signed by a link made for this person alone and mailed to the address shown: whoever signed had that link.",
    "C": "signed on paper, which the hub keeps.",
    "D": "agreed by telephone, on the number that the national register gives for the school.",
}


def _form(eoi_id: UUID) -> ExpressionOfInterest | None:
    return (
        ExpressionOfInterest.objects.select_related(
            "round__hub", "edition__programme", "school__type", "school__la", "terms"
        )
        .prefetch_related("nominees", "answers", "terms__commitments", "editors__user")
        .filter(pk=eoi_id)
        .first()
    )


def make(eoi_id: UUID, now: datetime) -> Made:
    """What the commitment says; changes nothing. Raises NotWanted when the signatures are not all there any more."""
    eoi = _form(eoi_id)
    standings = signing.standing(SUBJECT, eoi_id)
    if eoi is None or eoi.terms is None or not standings or any(s.state != RequestState.SIGNED for s in standings):
        raise NotWanted("Not everyone has signed any more.")
    words = words_of(eoi.edition.programme, eoi.school)
    signatures = sorted((s for each in standings for s in each.signatures), key=lambda s: s.number)
    last = signatures[-1]
    nominees = list(eoi.nominees.all())
    verify = site(reverse("documents:verify"))
    context: dict[str, Any] = {
        "eoi": eoi,
        "school": eoi.school,
        "programme": eoi.edition.programme,
        "years": eoi.edition.years,
        "terms": eoi.terms,
        "hub": eoi.round.hub,
        "reference": eoi.reference,
        "commitments": list(eoi.terms.commitments.all()),
        "leads_title": sentence(words.leads),
        "leads": [(n.name, n.role) for n in nominees if n.position in Nominee.LEADS and n.name],
        "backers": [
            (
                sentence(role_word("head" if n.position == Nominee.Position.HEAD else "head_of_department", words)),
                n.name,
                post_of(n, words),
            )
            for n in sorted(nominees, key=lambda n: n.position != Nominee.Position.HEAD)
            if n.position not in Nominee.LEADS and n.name
        ],
        "statement_title": f"Statement of the {words.head_of_department}",
        "statement": next((a.text for a in eoi.answers.all() if a.code == STATEMENT), ""),
        "signatures": [
            {
                "name": s.typed_name,
                "role": sentence(role_word(s.role, words)),
                "post": s.post if s.post.casefold() != role_word(s.role, words).casefold() else "",
                "at": s.signed_at,
                "evidence": GRADES[s.grade],
                "grade": s.grade,
                "address": s.email.split("@"),
                "statement": s.statement,
                "text": s.text_sha256[:16],
                "number": s.number,
            }
            for s in signatures
        ],
        "grades": [(grade, MEANT_BY[grade]) for grade in sorted({s.grade for s in signatures})],
        "signed_online": all(s.grade in "AB" for s in signatures),
        "confirmed": _confirmed(signatures),
        "chain": ChainLink.objects.get(pk=last.number),
        "completed_at": last.signed_at,
        "verify_url": verify,
        # Markup of our own library round an address of our own: nothing of a person is in it.
        "qr": SafeString(qr.svg(f"{verify}?reference={eoi.reference}", f"QR code: check {eoi.reference} at {verify}")),
    }
    return Made(
        html=render_html("applications/documents/commitment.html", context),
        reference=eoi.reference,
        title=f"Commitment of {eoi.school.name} to {eoi.edition.programme.full_name} {eoi.edition.years}",
        filename=f"commitment-{eoi.reference}.pdf",
        scope=eoi.round.hub_id,
        about=str(eoi.edition),
    )


def _confirmed(signatures: list[Signature]) -> list[tuple[str, list[str]]]:
    """Each sentence that was ticked, with the names of those who ticked it, in the order of signing."""
    found: dict[str, list[str]] = {}
    for signature in signatures:
        found.setdefault(signature.statement, []).append(signature.typed_name)
    return [(said, list(dict.fromkeys(names))) for said, names in found.items()]


def made(document: StoredDocument, now: datetime) -> None:
    """Send the sealed commitment to all who signed and to who works on the form, each address once."""
    eoi = _form(document.subject_id)
    if eoi is None:
        return
    people: dict[str, tuple[str, str, str]] = {}
    for standing in signing.standing(SUBJECT, eoi.pk):
        request = standing.request
        if standing.state == RequestState.SIGNED:
            people.setdefault(request.email.casefold(), (str(request.person_uuid), request.name, request.email))
    for editor in eoi.editors.all():
        user = editor.user
        people.setdefault(user.email.casefold(), (f"user-{user.pk}", user.get_full_name(), user.email))
    for to, mail in letters.commitment_sealed(eoi, document, list(people.values())):
        outbox.post(mail, key=f"commitment:{eoi.pk}:{document.pk}:{to}", now=now)


KIND = DocumentKind(COMMITMENT, make=make, made=made)


def latest(eoi: ExpressionOfInterest) -> StoredDocument | None:
    """The last commitment that was made of a form."""
    return StoredDocument.objects.filter(kind=COMMITMENT, subject_id=eoi.pk).order_by("-version").first()


def known(reference: str) -> dict[str, Any] | None:
    """What the public verify page may say of a form's reference: the edition, and the day it was begun."""
    eoi = ExpressionOfInterest.objects.select_related("edition__programme").filter(reference=reference).first()
    return {"edition": str(eoi.edition), "date": london_date(eoi.begun_at)} if eoi else None
