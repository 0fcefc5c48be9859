"""What `expected:` of a vector sync lag says: what the vectors are made from, and which columns tell the times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_KEYS = ("source", "vectors", "element", "key")


class SyncError(ValueError):
    """`expected:` cannot be read; the sentence says what to write."""


@dataclass(frozen=True, slots=True)
class Sync:
    """The other side of a lag: `other` names its dataset, empty where both columns lie in one.

    `element` is the other side's time column, `key` joins the two. `other_is_source` tells which side the SLO's own
    dataset is: vectors made from a source, or a source that has vectors.
    """

    element: str
    other: str = ""
    key: str = ""
    other_is_source: bool = True


def read(written: Any) -> Sync:
    """Read `expected:`; raises SyncError with what to write instead.

    >>> read({"source": "oltp_customers", "element": "updated_at", "key": "customer_id"}).other
    'oltp_customers'
    >>> read({"element": "created_at"})
    Sync(element='created_at', other='', key='', other_is_source=True)
    """
    if not isinstance(written, Mapping):
        raise SyncError(
            "Say what the vectors follow: `expected: {source: DATASET, element: COLUMN, key: COLUMN}`, "
            "or `expected: {element: COLUMN}` where one table has both times."
        )
    unknown = sorted(str(key) for key in written if key not in _KEYS)
    if unknown:
        raise SyncError(f"`expected:` has no key `{unknown[0]}`; it takes {', '.join(_KEYS)}.")
    texts = {name: written.get(name, "") for name in _KEYS}
    if wrong := next((name for name, value in texts.items() if not isinstance(value, str)), ""):
        raise SyncError(f"`{wrong}` of `expected:` is a name; quote it.")
    if texts["source"] and texts["vectors"]:
        raise SyncError("`expected:` names a `source` or the `vectors`, not both: the other side is the SLO's own.")
    if not texts["element"]:
        raise SyncError("`expected:` needs `element`: the time column of the other side.")
    other = texts["source"] or texts["vectors"]
    return Sync(texts["element"], other, texts["key"], other_is_source=not texts["vectors"])
