"""Structured logs: one JSON object a line, with the id of the request or task that wrote it."""

import json
import logging
from datetime import UTC, datetime

from portal.core.web.request_ids import request_id, task_id


class RequestIdFilter(logging.Filter):
    """Puts `request_id` and `task_id` on every record; both are empty outside of a request or task."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.task_id = task_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, the ids that are known, and the trace of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("request_id", "task_id"):
            if value := getattr(record, name, ""):
                line[name] = value
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
