"""What pipelines import from Custody: the standard library is all it needs.

`from portal.client import traced, Dataset` works; the names come from `portal.client.lineage` when they are asked for,
so that a program that needs none of them does not wait for the HTTP library.
"""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    lineage = import_module("portal.client.lineage")
    if name in lineage.__all__:
        return getattr(lineage, name)
    raise AttributeError(f"portal.client has no {name!r}; it has {', '.join(lineage.__all__)}.")
