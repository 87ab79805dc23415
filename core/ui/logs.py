"""One JSON object a line. Ids and words of our own, never names, addresses, form bodies or what an exception quotes."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

import structlog

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Their messages are filled with paths, arguments and exceptions: only the unfilled words are kept.
TEMPLATE_ONLY = ("django", "celery", "allauth", "kombu", "mail", "aiosmtpd", "weasyprint", "asyncio", "urllib3")


class JsonFormatter(logging.Formatter):
    """Time, level, logger, event, the code's `extra`, the bound ids; an exception by type and place alone."""

    def format(self, record: logging.LogRecord) -> str:
        foreign = record.name.split(".")[0] in TEMPLATE_ONLY
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg) if foreign else record.getMessage(),
            **structlog.contextvars.get_contextvars(),
        }
        if not foreign:
            line.update({k: v for k, v in vars(record).items() if k not in STANDARD})
        elif status := getattr(record, "status_code", None):
            line["status"] = status
        if record.exc_info and record.exc_info[0]:
            line["fault"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-12:]
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, default=str, ensure_ascii=False)
