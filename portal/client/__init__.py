"""What pipelines import from Custody: the standard library is all it needs.

`from portal.client import traced, Dataset, throttled, let_in` works; the names come from `portal.client.lineage`,
`portal.client.throttle` and `portal.client.suppression` when they are asked for, so that a program that needs none of
them does not wait for the HTTP library.
"""

from importlib import import_module
from typing import Any

ROOMS = ("lineage", "throttle", "suppression")


def __getattr__(name: str) -> Any:
    known: list[str] = []
    for room in ROOMS:
        found = import_module(f"portal.client.{room}")
        if name in found.__all__:
            return getattr(found, name)
        known += found.__all__
    raise AttributeError(f"portal.client has no {name!r}; it has {', '.join(known)}.")
