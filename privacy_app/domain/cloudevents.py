"""Messages of the audit topic as CloudEvents 1.0 in JSON (structured mode): what happened to which step, and no person.

Source: CloudEvents specification 1.0.2, required and optional context attributes. A message may be delivered twice;
`id` with `source` is the same then, so that a consumer can drop the second. Pure.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

SPEC = "1.0"
TYPE = "io.custody.deletion.step"
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def step_event(
    *, message_id: str, source: str, event: str, subject: str, at: datetime, data: Mapping[str, str | int]
) -> dict[str, Any]:
    """One message. `event` is the last part of its type, `subject` names request and step, `data` holds no identifier.

    >>> at = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    >>> made = step_event(message_id="7", source="/x", event="done", subject="DEL-2026-11-23-0001/1", at=at, data={})
    >>> made["type"], made["time"]
    ('io.custody.deletion.step.done', '2026-11-23T10:00:00Z')
    """
    return {
        "specversion": SPEC,
        "id": message_id,
        "source": source,
        "type": f"{TYPE}.{event}",
        "subject": subject,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "datacontenttype": "application/json",
        "data": dict(data),
    }
