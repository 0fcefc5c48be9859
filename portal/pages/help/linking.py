"""Where a link or a picture of a guide leads inside the portal; plain Python."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the guides: its address and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Places:
    """What a guide may lead to: the other guides below `root`, their pictures, and files that are served elsewhere."""

    root: str
    guides: Collection[str]
    pictures: Mapping[str, Picture]
    elsewhere: Mapping[str, str]


def anchor(heading: str) -> str:
    """The anchor of a heading, spelled as code hosts spell it, so that a link works in both places.

    >>> anchor("4. Sign"), anchor("A Python function, `@traced`")
    ('4-sign', 'a-python-function-traced')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def path_of(source: str, written: str) -> str:
    """The path within docs/ that a guide means; `source` is the guide without its ending.

    >>> path_of("kinds/odcs", "../owner.md"), path_of("owner", "kinds/"), path_of("owner", "../deploy/grafana")
    ('owner.md', 'kinds', '../deploy/grafana')
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), written))


def address(source: str, written: str, places: Places) -> str:
    """Where a link leads; "" where it names what the portal does not show, and the words stand without a link.

    >>> there = Places("/help/", {"owner", "kinds/odcs"}, {}, {"openapi.json": "/api/v1/schema"})
    >>> [address("kinds/odcs", each, there) for each in ("../owner.md#4-sign", "#x", "https://e.org/", "x.md")]
    ['/help/owner/#4-sign', '#x', 'https://e.org/', '']
    >>> address("api", "openapi.json", there), address("api", "javascript:alert(1)", there)
    ('/api/v1/schema', '')
    """
    parts = urlsplit(written)
    if parts.scheme or parts.netloc:
        return written if parts.scheme in ("http", "https") else ""
    if not parts.path:
        return written if parts.fragment else ""
    path = path_of(source, parts.path)
    if path.removesuffix(".md") in places.guides and path.endswith(".md"):
        return f"{places.root}{path.removesuffix('.md')}/" + (f"#{parts.fragment}" if parts.fragment else "")
    return places.elsewhere.get(path, "")
