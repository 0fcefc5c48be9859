"""Words of ODCS that the mapping needs, and the rules for telling our customProperties from those of others."""

from __future__ import annotations

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

LATEST = "v3.2.0"
VERSIONS = ("v3.2.0", "v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0")
OURS = "custody."
EXPORT = "custody.export"
KEPT_WHOLE = (
    "status", "tenant", "domain", "dataProduct", "servers", "price", "roles", "context", "authoritativeDefinitions",
    "slaDefaultElement", "contractCreatedTs",
)  # fmt: skip
_ID_SPACE = uuid5(NAMESPACE_URL, "urn:custody:contract")

Json = dict[str, Any]


def minted_id(name: str) -> str:
    """The id of a contract that never had one: made from its name, so that every export says the same.

    >>> minted_id("customer_events_v1") == minted_id("customer_events_v1")
    True
    """
    return str(uuid5(_ID_SPACE, name))


def since(api: str, version: str) -> bool:
    """Whether `api` is at least that version of the standard.

    >>> since("v3.2.0", "v3.1.0"), since("v3.0.2", "v3.1.0")
    (True, False)
    """
    return _numbers(api) >= _numbers(version)


def _numbers(api: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", api)]


def mapping(value: Any) -> Json:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Json]:
    """The mappings of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_number(value: Any) -> bool:
    """Whether the value is a number; true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_texts(value: Any) -> bool:
    """Whether the value is a list of strings."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def custom(pairs: Json) -> list[Json]:
    """Our keys as customProperties, in an order that does not depend on the author's."""
    return [{"property": f"{OURS}{key}", "value": value} for key, value in sorted(pairs.items())]


def split_custom(value: Any) -> tuple[Json, list[Json]]:
    """What we said in customProperties by key, and the properties of others.

    >>> split_custom([{"property": "custody.pii", "value": "email"}, {"property": "x", "value": 1}])
    ({'pii': 'email'}, [{'property': 'x', 'value': 1}])
    """
    said: Json = {}
    others: list[Json] = []
    for item in mappings(value):
        name = item.get("property")
        if isinstance(name, str) and name.startswith(OURS) and name != OURS and "value" in item:
            said.setdefault(name.removeprefix(OURS), item["value"])
        else:
            others.append(item)
    return said, others


def put(target: Json, key: str, value: Any) -> None:
    """Set `key` unless the value is empty."""
    if value not in (None, [], {}):
        target[key] = value


def whole(value: float) -> float:
    """An integer where the number is one.

    >>> whole(15.0), whole(99.5)
    (15, 99.5)
    """
    return int(value) if value == int(value) else value
