"""Searching the ledger: by any value of a payload, by the words of its sentences, by role; indexed (migration search).

The ledger keeps no sentences, only kinds and payloads. A word of a sentence is therefore a word of the kind's own text,
of the payload, or of the actor's name; each is asked of its index, and PostgreSQL joins them.
"""

import re
from collections.abc import Callable, Collection
from functools import cache
from string import Formatter

from django.db import connection
from django.db.models import BooleanField, F, Func, JSONField, Q, QuerySet, Value

from portal.core.evidence import kinds
from portal.core.evidence.models import Entry

WORD = re.compile(r"[0-9A-Za-z]+")
MAX_WORDS = 8
Actors = Callable[[str], Collection[str]]


class _Values(Func):
    """Every value of the payload as one list; the same expression as in the index."""

    template = "jsonb_path_query_array(%(expressions)s, '$.*')"
    output_field = JSONField()


class _HasWord(Func):
    """Whether a word of the payload begins so; the same function as in the index."""

    template = "(evidence_words(%(expressions)s::tsquery))"
    arg_joiner = ") @@ ("
    output_field = BooleanField()


def with_value(rows: QuerySet[Entry], value: str) -> QuerySet[Entry]:
    """The entries that hold exactly this text in any field: a contract, a request, a system, a digest."""
    return rows.alias(values=_Values(F("payload"))).filter(Q(("values__contains", [value])))


def with_words(rows: QuerySet[Entry], text: str, actors: Actors) -> QuerySet[Entry]:
    """The entries whose sentence has every word of `text`, or a word that begins so; at most eight words count.

    `actors(word)` gives the ids of people whose name holds the word: names are not in the ledger.
    """
    for word in words_of(text):
        said = [name for name in kinds.names() if _says(name, word)]
        found = Q(kind__in=said) | Q(_HasWord(F("payload"), Value(f"{word}:*")))
        rows = rows.filter(found | Q(actor_id__in=list(actors(word))))
    return rows


def newest_first(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """The rows by their id, downwards, in a way that no index gives.

    PostgreSQL would else read the ledger from its end until a page is full, which for words that nothing holds is the
    whole of it: it takes every word for a frequent one. Sorting what the indexes found costs little.
    """
    return rows.order_by((F("pk") + 0).desc())


def words_of(text: str) -> list[str]:
    """The words of a search, small, as the index splits them; none twice.

    >>> words_of("Ana signed demo/customer_events, signed")
    ['ana', 'signed', 'demo', 'customer', 'events']
    """
    return list(dict.fromkeys(WORD.findall(text.lower())))[:MAX_WORDS]


def _says(name: str, word: str) -> bool:
    kind = kinds.find(name)
    return kind is not None and f" {word}" in _own_words(kind)


@cache
def _own_words(kind: kinds.Kind) -> str:
    """The words of a kind's name and sentence, small, a blank before each."""
    text = "".join(literal for literal, _, _, _ in Formatter().parse(kind.sentence))
    return "".join(f" {each}" for each in WORD.findall(f"{kind.name} {text}".lower()))


ROLES = """
WITH RECURSIVE role(name) AS (
    (SELECT actor_role FROM evidence_entry ORDER BY actor_role LIMIT 1)
    UNION ALL
    SELECT (SELECT actor_role FROM evidence_entry WHERE actor_role > role.name ORDER BY actor_role LIMIT 1)
    FROM role WHERE role.name IS NOT NULL
)
SELECT name FROM role WHERE name IS NOT NULL AND name <> ''
"""


def roles() -> list[str]:
    """The roles that somebody ever acted in, as the ledger writes them; one step of an index for each."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        return [name for (name,) in cursor.fetchall()]
