"""The kept events of a subject, parsed: the one place where the projector reads raw events and archives."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from lineage_app.domain.archive import Line
from lineage_app.domain.events import parse
from lineage_app.domain.rewrites import Rules, rewritten
from lineage_app.domain.runs import Received
from lineage_app.models import ArchivedSubject
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.services import archive_files
from lineage_app.services.arrays import execute

_SUBJECTS = """
SELECT subject FROM (
    (SELECT DISTINCT subject FROM lineage_app_rawevent WHERE {which} ORDER BY subject LIMIT %b)
    UNION
    (SELECT DISTINCT subject FROM lineage_app_archivedsubject WHERE {which} ORDER BY subject LIMIT %b)
) AS kept ORDER BY subject LIMIT %b
"""
_FIRST_SUBJECTS = _SUBJECTS.format(which="true")
_NEXT_SUBJECTS = _SUBJECTS.format(which="subject > %b::uuid")
_RAW = """
SELECT subject, body, encode(body_sha256, 'hex'), is_foreign, token_id, received_at
FROM lineage_app_rawevent WHERE subject = ANY(%b::uuid[])
"""


def read_subjects(subjects: Iterable[UUID]) -> dict[UUID, list[Received]]:
    """Return all the kept events of each subject, parsed, each event once; names as the rewrite rules in force say."""
    wanted = list(subjects)
    rules = rules_in_force()
    found: dict[UUID, dict[str, Received]] = defaultdict(dict)
    for subject, body, digest, foreign, token, at in execute(_RAW, wanted):
        found[subject][digest] = Received(rewritten(parse(storable(body)), rules), digest, foreign, token, at)
    for line in archived_lines(wanted):
        later = found[line.subject].get(line.digest)
        found[line.subject][line.digest] = _from_archive(line, later, rules)
    return {subject: list(events.values()) for subject, events in found.items()}


def _from_archive(line: Line, later: Received | None, rules: Rules) -> Received:
    """An event that came again after its month was archived: the archive's body counts, and own wins over foreign."""
    own = later is not None and line.foreign and not later.foreign
    foreign, token = (False, later.token) if own and later else (line.foreign, line.token)
    event = rewritten(parse(storable(line.body)), rules)
    return Received(event, line.digest, foreign, token, line.received_at)


def archived_lines(subjects: Iterable[UUID]) -> Iterator[Line]:
    """Return the archived events of some subjects; one indexed query when there are none."""
    wanted = set(subjects)
    rows = ArchivedSubject.objects.filter(subject__in=wanted).order_by("archive", "start", "end")
    places = rows.values_list("archive__digest", "start", "end").distinct()
    for digest, ranges in groupby(places, key=itemgetter(0)):
        for line in archive_files.lines_between(digest, _apart((start, end) for _, start, end in ranges)):
            if line.subject in wanted:
                yield line


def _apart(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Return sorted ranges without what an earlier one covers already."""
    covered = 0
    for start, end in ranges:
        if end > covered:
            yield max(start, covered), end
            covered = end


def subject_chunks(size: int) -> Iterator[list[UUID]]:
    """Return every subject that has events, in raw or in archives, `size` at a time, in the order of archives.

    Each chunk is read when it is asked for, from where the last one ended, so that neither a transaction nor memory
    lasts longer than it. A subject that comes meanwhile may be left out: the projector has it.
    """
    chunk = [subject for (subject,) in execute(_FIRST_SUBJECTS, size, size, size)]
    while chunk:
        yield chunk
        chunk = [subject for (subject,) in execute(_NEXT_SUBJECTS, chunk[-1], size, chunk[-1], size, size)]


def storable(body: str) -> bytes:
    r"""Return the body with \u0000 replaced, the one escape that PostgreSQL's text and jsonb cannot hold."""
    return body.replace("\\u0000", "\\ufffd").encode()
