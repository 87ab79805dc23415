"""Personal links, for support to see whether one was opened; never the token."""

from core import support
from core.links.models import Link

support.show(Link, search=("name", "email", "kind"))
