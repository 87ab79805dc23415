"""Hubs, their areas, staff and leaders, for support to read."""

from core import support
from hubs.models import Hub, HubArea, HubMembership, HubSchool, Leader, TermDates

support.show(Hub, search=("name", "slug"))
support.show(HubMembership, search=("hub__name", "user__email"))
support.show(Leader, search=("name", "email"))
support.show(HubArea, HubSchool, TermDates, search=("hub__name",))
