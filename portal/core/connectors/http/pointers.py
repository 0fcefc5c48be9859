"""JSON Pointer (RFC 6901), and where an answer says that it goes on (RFC 8288 or a pointer)."""

import re
from collections.abc import Mapping
from typing import Any

NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next\b', re.IGNORECASE)


def at(document: Any, pointer: str) -> Any:
    """What lies at a pointer; None where nothing does.

    >>> at({"a/b": [{"c": 1}]}, "/a~1b/0/c"), at({"a": 1}, ""), at({"a": 1}, "/b/c")
    (1, {'a': 1}, None)
    """
    found = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and key.isdecimal() and len(key) < 10 and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found


def next_page(headers: Mapping[str, str], document: Any, pointer: str | None) -> str | None:
    """The address of the next page: at the placement's pointer, else in the Link header; None on the last page.

    >>> next_page({"link": '<https://a/?page=2>; rel="next", <https://a/>; rel="first"'}, {}, None)
    'https://a/?page=2'
    """
    if pointer:
        found = at(document, pointer)
        return found if isinstance(found, str) and found else None
    match = NEXT.search(headers.get("link", ""))
    return match.group(1) if match else None
