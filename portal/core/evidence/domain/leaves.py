"""What one entry commits to: the JSON document whose canonical bytes become a leaf of the tree.

Everything an auditor would contest is in it: kind, payload, who acted in which role, for which team, when.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LEAF_FORMAT = "custody-entry@v1"


def timestamp(moment: datetime) -> str:
    """An aware time as RFC 3339 in UTC with microseconds.

    >>> timestamp(datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC))
    '2026-05-04T03:02:01.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError("A time without a zone cannot enter the ledger.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_document(
    *,
    kind: str,
    payload: Mapping[str, str | int],
    actor: Mapping[str, str],
    team: int | None,
    at: datetime,
) -> dict[str, Any]:
    """The leaf of an entry as a JSON object; `actor` has id, role and name_digest."""
    return {
        "format": LEAF_FORMAT,
        "kind": kind,
        "payload": dict(payload),
        "actor": {"id": actor["id"], "role": actor["role"], "name_digest": actor["name_digest"]},
        "team": team,
        "at": timestamp(at),
    }
