"""The audit trail, for support to read."""

from core import support
from core.audit.models import Event

support.show(Event, search=("action", "label", "object_id"))
