"""Kept events as NDJSON, for another portal or another tool: each event one line, verbatim but for line breaks between
its tokens, in the order in which it was received.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from lineage_app.services.arrays import execute
from lineage_app.services.reading import archived_lines

AT_ONCE = 200
"""Subjects whose events are in memory at a time."""
_BODIES = """
SELECT body, encode(body_sha256, 'hex') FROM lineage_app_rawevent WHERE subject = ANY(%b::uuid[]) ORDER BY received_at
"""


def ndjson_of(subjects: Iterable[UUID]) -> Iterator[bytes]:
    """Give the events of the subjects, archived ones too, each once and followed by a line feed."""
    waiting = list(dict.fromkeys(subjects))
    for start in range(0, len(waiting), AT_ONCE):
        yield from _lines(waiting[start : start + AT_ONCE])


def _lines(subjects: list[UUID]) -> Iterator[bytes]:
    told: set[str] = set()
    for line in archived_lines(subjects):
        if line.digest not in told:
            told.add(line.digest)
            yield one_line(line.body)
    for body, digest in execute(_BODIES, subjects):
        if digest not in told:
            told.add(digest)
            yield one_line(body)


def one_line(body: str) -> bytes:
    r"""Return a JSON text on one line: outside of strings a line break is only space, inside there can be none.

    >>> one_line('{"a":\n  1}')
    b'{"a":   1}\n'
    """
    return body.replace("\r", " ").replace("\n", " ").encode() + b"\n"
