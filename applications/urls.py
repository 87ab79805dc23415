"""The addresses of this room, one list per kind of page."""

from django.urls import URLPattern

app_name = "applications"

# Anybody: the checker, rounds that are open.
PUBLIC: list[URLPattern] = []
# A school: its forms.
SCHOOL: list[URLPattern] = []
# Who holds a personal link: signing, answering an offer.
BY_LINK: list[URLPattern] = []
# A hub: rounds, queue, bids, decisions.
HUB: list[URLPattern] = []

urlpatterns = [*PUBLIC, *SCHOOL, *BY_LINK, *HUB]
