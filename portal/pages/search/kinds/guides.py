"""The guides of the help by their name, what they are for, and their headings."""

from collections.abc import Iterator
from typing import Any

from portal.pages.help import guides
from portal.pages.search.base import Group, Hit, Query, provider


@provider(95, "guide")
def found(_user: Any, query: Query) -> Iterator[Group]:
    """The guides, and the places in them, whose name holds the words; everybody who is signed in may read them."""
    said = query.text.lower()
    hits = tuple(_hits(said)) if len(said) > 2 else ()
    if hits:
        yield Group("guide", "Guides", "help", hits[: query.shown], len(hits))


def _hits(said: str) -> Iterator[Hit]:
    for guide in guides.here():
        if said in guide.label.lower():
            yield Hit(guide.label, guide.url, guide.about)
        page = guides.page(guide.key)
        for each in page.headings if page else ():
            if said in each.text.lower():
                yield Hit(each.text, f"{guide.url}#{each.anchor}", guide.label)
