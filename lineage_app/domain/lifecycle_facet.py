"""Reading the lifecycleStateChange facet.

Source: LifecycleStateChangeDatasetFacet 1-0-0, 1-0-1.
"""

from enum import StrEnum
from typing import Any

from lineage_app.domain.names import Name

FACET = "lifecycleStateChange"


class Life(StrEnum):
    """What happened to a dataset."""

    CREATED = "created"
    ALTERED = "altered"
    OVERWRITTEN = "overwritten"
    TRUNCATED = "truncated"
    RENAMED = "renamed"
    LEFT = "left"
    DROPPED = "dropped"


ENDINGS = frozenset({Life.DROPPED, Life.LEFT})
_WORDS = {
    "CREATE": Life.CREATED,
    "ALTER": Life.ALTERED,
    "OVERWRITE": Life.OVERWRITTEN,
    "TRUNCATE": Life.TRUNCATED,
    "RENAME": Life.RENAMED,
    "DROP": Life.DROPPED,
}


def read_change(facet: Any) -> tuple[Life, Name | None] | None:
    """Return the change that a lifecycleStateChange facet tells and the former name, None where it tells none.

    >>> read_change({"lifecycleStateChange": "RENAME", "previousIdentifier": {"namespace": "n", "name": "old"}})
    (<Life.RENAMED: 'renamed'>, Name(namespace='n', name='old'))
    >>> read_change({"lifecycleStateChange": "EVAPORATE"}) is None
    True
    """
    if not isinstance(facet, dict) or facet.get("_deleted") is True:
        return None
    state = _WORDS.get(str(facet.get(FACET)).upper())
    before = facet.get("previousIdentifier")
    return (state, _name(before)) if state else None


def _name(value: Any) -> Name | None:
    namespace, name = (value.get("namespace"), value.get("name")) if isinstance(value, dict) else (None, None)
    return Name(namespace, name) if isinstance(namespace, str) and isinstance(name, str) and name else None


def renamed_from(facet: Any) -> Name | None:
    """Return the former name of a dataset that its facet says was renamed."""
    change = read_change(facet)
    return change[1] if change and change[0] is Life.RENAMED else None
