"""Who may call each operation of lineage."""

import json

from tests.access_entry import NONE, Entry

_EVENT = json.dumps(
    {
        "eventTime": "2026-03-01T10:00:00Z",
        "run": {"runId": "0199a3c2-7d5e-7000-8000-000000000001"},
        "job": {"namespace": "demo", "name": "load"},
    }
)


def _machine(name: str, data: str) -> Entry:
    return Entry(name, NONE, method="post", data=data, content_type="application/json", token="lineage:write")


ACCESS = [
    _machine("api:lineage-ingest", _EVENT),
    _machine("api:lineage-ingest-slash", _EVENT),
    _machine("api:lineage-batch", f"[{_EVENT}]"),
    _machine("api:lineage-batch-slash", f"[{_EVENT}]"),
]
