"""The addresses of this room, one list per kind of page."""

from django.urls import URLPattern, path

from applications.views import bid, checker, decide, eoi, offers, queue, rounds, signing

app_name = "applications"

# Anybody: the checker, rounds that are open.
PUBLIC: list[URLPattern] = [
    path("check/<urn:urn>", checker.check, name="check"),
    path("rounds/", rounds.open_now, name="rounds"),
]
# A school: its forms.
SCHOOL: list[URLPattern] = [
    path("forms/", eoi.own_forms, name="own_forms"),
    path("forms/begin", eoi.begin, name="begin"),
    path("forms/<uuid:eoi_id>/", eoi.task_list, name="task_list"),
    path("forms/<uuid:eoi_id>/part/<slug:part>/", eoi.page, name="page"),
    path("forms/<uuid:eoi_id>/check/", eoi.check_answers, name="check_answers"),
    path("forms/<uuid:eoi_id>/sign/", signing.sign_here, name="sign_here"),
    path("forms/<uuid:eoi_id>/sign/no/", signing.refuse_here, name="refuse_here"),
    path("forms/<uuid:eoi_id>/revise/", eoi.revise, name="revise"),
    path("forms/<uuid:eoi_id>/withdraw/", eoi.withdraw, name="withdraw"),
    path("forms/<uuid:eoi_id>/people/<uuid:request_id>/remind/", eoi.remind, name="remind"),
    path("forms/<uuid:eoi_id>/people/<uuid:request_id>/new-link/", eoi.reissue, name="reissue"),
    path("forms/<uuid:eoi_id>/commitment.pdf", eoi.commitment, name="commitment"),
    path("forms/<uuid:eoi_id>/answer/", offers.answer_signed_in, name="answer"),
]
# Who holds a personal link: signing, answering an offer.
BY_LINK: list[URLPattern] = [
    path("sign/<uuid:link_id>/", signing.sign, name="sign"),
    path("sign/<uuid:link_id>/no/", signing.refuse, name="refuse_to_sign"),
    path("sign/<uuid:link_id>/commitment.pdf", signing.signed_commitment, name="signed_commitment"),
    path("offers/<uuid:link_id>/", offers.answer_by_link, name="answer_offer"),
]
# A hub: rounds, queue, bids, decisions.
HUB: list[URLPattern] = [
    path("rounds/mine/", rounds.own, name="own_rounds"),
    path("rounds/new/", rounds.announce, name="round_new"),
    path("rounds/<uuid:round_id>/edit/", rounds.edit, name="round_edit"),
    path("rounds/<uuid:round_id>/cancel/", rounds.cancel, name="round_cancel"),
    path("rounds/<uuid:round_id>/more-time/", rounds.more_time, name="more_time"),
    path("rounds/<uuid:round_id>/", queue.queue, name="queue"),
    path("rounds/<uuid:round_id>/forms.csv", queue.queue_csv, name="queue_csv"),
    path("rounds/<uuid:round_id>/drafts/", queue.drafts, name="drafts"),
    path("rounds/<uuid:round_id>/decide/", decide.decide_many, name="decide_many"),
    path("bids/<uuid:eoi_id>/", bid.bid, name="bid"),
    path("bids/<uuid:eoi_id>/notes/", bid.note, name="note"),
    path("bids/<uuid:eoi_id>/settle/<slug:code>/", bid.settle, name="settle"),
    path("bids/<uuid:eoi_id>/let-lapse/", bid.let_lapse, name="let_lapse"),
    path("bids/<uuid:eoi_id>/reopen/", bid.reopen, name="reopen"),
    path("bids/<uuid:eoi_id>/to/<slug:way>/", bid.neighbour, name="neighbour"),
    path("bids/<uuid:eoi_id>/decide/<slug:name>/", decide.decide_one, name="decide"),
]

urlpatterns = [*PUBLIC, *SCHOOL, *BY_LINK, *HUB]
