"""Entries of the ledger by a digest or an id in them, and by the words of their sentences."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.core.evidence import search
from portal.core.identity.policies import Act, may
from portal.core.web.times import absolute
from portal.pages.evidence.selectors import ids_of_names, visible_entries, with_names
from portal.pages.search.base import Group, Hit, Query, provider


@provider(70, "entry")
def entries(user: Any, query: Query) -> Iterator[Group]:
    """The entries that the person may read and that name this id, or say these words; no words while somebody types.

    They are not counted: a word of the ledger can be in a million entries, and the list itself goes on.
    """
    if not may(user, Act.READ_EVIDENCE) or (query.quick and not query.id):
        return
    rows = visible_entries(user)
    rows = search.with_value(rows, query.id) if query.id else search.with_words(rows, query.text, ids_of_names)
    first = list(search.newest_first(rows)[: query.shown + 1])
    asked = {"about": query.id} if query.id else {"text": query.text}
    url = f"{reverse('evidence:list')}?{urlencode(asked)}"
    hits = tuple(
        Hit(sentence, entry.get_absolute_url(), absolute(entry.created_at))
        for entry, sentence in with_names(first[: query.shown])
    )
    if hits:
        yield Group("entry", "Evidence", "evidence", hits, len(first), url)
