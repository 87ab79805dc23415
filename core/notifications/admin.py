"""The outbox, for support to see what became of a message; never a link or a code."""

from core import support
from core.notifications.models import Message

support.show(Message, search=("to_email", "kind", "key"))
