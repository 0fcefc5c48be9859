"""The id of the request, or of the task, that the present code runs for: it joins the lines of a log."""

import re
import uuid
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
task_id: ContextVar[str] = ContextVar("task_id", default="")

_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")


def accepted(sent: str) -> str:
    """The id that a caller sent where it is harmless in a log, else a new one.

    >>> accepted("build-7-step-12")
    'build-7-step-12'
    >>> accepted("x\\ny") == "x\\ny"
    False
    """
    return sent if _WELL_FORMED.fullmatch(sent) else uuid.uuid4().hex
