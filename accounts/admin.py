"""People, their national roles and their sessions, for support to read."""

from accounts.models import NationalMembership, SignIn, User
from core import support

support.show(User, search=("email", "name"))
support.show(NationalMembership, SignIn, search=("user__email", "user__name"))
