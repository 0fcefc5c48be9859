"""Edge rows: one row a run in RunEdge for as long as it was held, summed up in Edge between representatives.

What a run adds is added to the sum; only where a run takes back what it proved is that one edge summed anew.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lineage_app.services.arrays import Row, execute, execute_rows
from lineage_app.services.columns import recompute_columns
from lineage_app.services.known import Names
from lineage_app.services.runs import Saved
from lineage_app.services.statements import Statement

_KNOWN = """
SELECT run_id, src_id, dst_id, job_id, state, is_foreign, known_from, id, first_at, seen_at, known_to, token_id
FROM lineage_app_runedge WHERE run_id = ANY(%b::bigint[])
"""
_INSERT = """
INSERT INTO lineage_app_runedge (run_id, src_id, dst_id, job_id, state, is_foreign, known_from, first_at, seen_at,
                                 known_to, token_id)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[],
                     %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::bigint[])
"""
_UPDATE = """
UPDATE lineage_app_runedge e
SET first_at = u.first_at, seen_at = u.seen_at, known_to = u.known_to, token_id = u.token
FROM unnest(%b::bigint[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::bigint[])
     u(id, first_at, seen_at, known_to, token)
WHERE e.id = u.id
"""
_DELETE = "DELETE FROM lineage_app_runedge WHERE id = ANY(%b::bigint[])"
_ADD = """
INSERT INTO lineage_app_edge AS known (src_id, dst_id, job_id, state, is_foreign, first_seen, last_seen, first_known,
                                       token_id)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[], %b::timestamptz[],
                     %b::timestamptz[], %b::timestamptz[], %b::bigint[])
ON CONFLICT (src_id, dst_id, job_id, state, is_foreign) DO UPDATE SET
    first_seen = least(known.first_seen, excluded.first_seen),
    first_known = least(known.first_known, excluded.first_known),
    token_id = CASE WHEN excluded.last_seen > known.last_seen THEN excluded.token_id
                    WHEN excluded.last_seen = known.last_seen THEN least(known.token_id, excluded.token_id)
                    ELSE known.token_id END,
    last_seen = greatest(known.last_seen, excluded.last_seen)
"""
_SUM = """
INSERT INTO lineage_app_edge (src_id, dst_id, job_id, state, is_foreign, first_seen, last_seen, first_known, token_id)
SELECT coalesce(s.root_id, s.id), coalesce(d.root_id, d.id), e.job_id, e.state, e.is_foreign, min(e.first_at),
       max(e.seen_at), min(e.known_from), (array_agg(e.token_id ORDER BY e.seen_at DESC, e.token_id))[1]
FROM lineage_app_runedge e
JOIN lineage_app_dataset s ON s.id = e.src_id
JOIN lineage_app_dataset d ON d.id = e.dst_id
WHERE e.known_to IS NULL AND coalesce(s.root_id, s.id) <> coalesce(d.root_id, d.id) AND {which}
GROUP BY 1, 2, 3, 4, 5
"""
_DROP_KEYS = """
DELETE FROM lineage_app_edge e
USING unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[]) u(src, dst, job, state, is_foreign)
WHERE e.src_id = u.src AND e.dst_id = u.dst AND e.job_id IS NOT DISTINCT FROM u.job AND e.state = u.state
      AND e.is_foreign = u.is_foreign
"""
_SUM_KEYS = _SUM.format(
    which="""e.id IN (
    SELECT r.id
    FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[]) u(src, dst, job, state, is_foreign)
    CROSS JOIN LATERAL (SELECT u.src AS id UNION ALL
                        SELECT id FROM lineage_app_dataset WHERE root_id = u.src) us
    CROSS JOIN LATERAL (SELECT u.dst AS id UNION ALL
                        SELECT id FROM lineage_app_dataset WHERE root_id = u.dst) ud
    JOIN lineage_app_runedge r ON r.src_id = us.id AND r.dst_id = ud.id AND r.job_id IS NOT DISTINCT FROM u.job
         AND r.state = u.state AND r.is_foreign = u.is_foreign)"""
)
_DROP_TOUCHING = "DELETE FROM lineage_app_edge WHERE src_id = ANY(%b::bigint[]) OR dst_id = ANY(%b::bigint[])"
_SUM_TOUCHING = _SUM.format(which="(e.src_id = ANY(%b::bigint[]) OR e.dst_id = ANY(%b::bigint[]))")
_JOINED = """
SELECT d.id FROM lineage_app_dataset d WHERE coalesce(d.root_id, d.id) IN
    (SELECT coalesce(root_id, id) FROM lineage_app_dataset WHERE id = ANY(%b::bigint[]))
"""


class Key(NamedTuple):
    """What makes an edge one in Edge; ends are representatives."""

    src: int
    dst: int
    job: int | None
    state: str
    foreign: bool


class Sum(NamedTuple):
    """What Edge holds of an edge."""

    first_seen: datetime
    last_seen: datetime
    first_known: datetime
    token: int | None

    def plus(self, other: "Sum") -> "Sum":
        """Return the sum of both; of equally late tokens the smaller one."""
        late, early = sorted((self, other), key=lambda one: (one.last_seen, -(one.token or 0)), reverse=True)
        return Sum(
            min(self.first_seen, other.first_seen),
            late.last_seen,
            min(self.first_known, other.first_known),
            late.token if late.token is not None or early.last_seen < late.last_seen else early.token,
        )


class _Held(NamedTuple):
    """The part of a RunEdge row that may change while it stays the same row."""

    first_at: datetime
    seen_at: datetime
    known_to: datetime | None
    token: int | None


class _Changes:
    """What is to be written, collected run by run."""

    def __init__(self, root: dict[int, int]) -> None:
        self.root = root
        self.new: list[Row] = []
        self.changed: list[Row] = []
        self.gone: list[int] = []
        self.sums: dict[Key, Sum] = {}
        self.withdrawn: set[Key] = set()

    def note(self, identity: Row, now: _Held | None, before: _Held | None) -> None:
        """Note what a row means for its edge: more, or less than it said before."""
        _, src, dst, job, state, foreign, known_from = identity
        key = Key(self.root[src], self.root[dst], job, state, foreign)
        if key.src == key.dst:
            return
        if now and now.known_to is None:
            one = Sum(now.first_at, now.seen_at, known_from, now.token)
            self.sums[key] = self.sums[key].plus(one) if key in self.sums else one
        if before and before.known_to is None and not _covers(now, before):
            self.withdrawn.add(key)


def _covers(now: _Held | None, before: _Held) -> bool:
    """Whether a row says at least what it said before, so that its sum can only grow."""
    if now is None or now.known_to is not None:
        return False
    longer = now.first_at <= before.first_at and now.seen_at >= before.seen_at
    return longer and (now.token == before.token or now.seen_at > before.seen_at)


def save_edges(statements: list[Statement], saved: dict[UUID, Saved], names: Names) -> None:
    """Bring the edge rows of these runs in line; what is held no longer stays as history with its `known_to`."""
    known = _known(saved.values())
    root = {row.pk: row.root_pk for row in names.datasets.values()}
    changes = _Changes(root | _roots({identity[end] for identity in known for end in (1, 2)} - root.keys()))
    for statement in statements:
        for identity, now in _rows(statement, saved[statement.subject].pk, names):
            pk, before = known.pop(identity, (0, None))
            if before is None:
                changes.new.append((*identity, *now))
            elif before != now:
                changes.changed.append((pk, *now))
            changes.note(identity, now, before)
    for identity, (pk, before) in known.items():
        changes.gone.append(pk)
        changes.note(identity, None, before)
    _write(changes)


def _write(changes: _Changes) -> None:
    if changes.gone:
        execute(_DELETE, changes.gone)
    execute_rows(_UPDATE, changes.changed)
    execute_rows(_INSERT, changes.new)
    # in one order always, so that two writers could not wait for each other
    execute_rows(_ADD, [(*key, *changes.sums[key]) for key in sorted(changes.sums, key=lambda key: (key.src, key.dst))])
    execute_rows(_DROP_KEYS, changes.withdrawn)
    execute_rows(_SUM_KEYS, changes.withdrawn)


def _known(saved: Iterable[Saved]) -> dict[Row, tuple[int, _Held]]:
    old = [run.pk for run in saved if run.before]
    rows = execute(_KNOWN, old) if old else []
    return {row[:7]: (row[7], _Held(*row[8:])) for row in rows}


def _rows(statement: Statement, run: int, names: Names) -> Iterable[tuple[Row, _Held]]:
    for key, proof, known_from, known_to in statement.held:
        src, dst = names.datasets[key.src].pk, names.datasets[key.dst].pk
        identity = (run, src, dst, names.job(key.job), str(key.state), key.foreign, known_from)
        yield identity, _Held(proof.first_at, proof.seen_at, known_to, proof.token)


def recompute_touching(datasets: Iterable[int]) -> None:
    """Sum up anew every edge and column link that starts or ends at one of `datasets` or at a name joined with it."""
    given = set(datasets)
    if not given:
        return
    members = given | {pk for (pk,) in execute(_JOINED, list(given))}
    ends = list(members)
    execute(_DROP_TOUCHING, ends, ends)
    execute(_SUM_TOUCHING, ends, ends)
    recompute_columns(members)


def _roots(datasets: set[int]) -> dict[int, int]:
    statement = "SELECT id, coalesce(root_id, id) FROM lineage_app_dataset WHERE id = ANY(%b::bigint[])"
    return dict(execute(statement, list(datasets))) if datasets else {}
