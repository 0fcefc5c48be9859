"""What the retention pages show: rows and oldest by rule, artifacts by their end, all in a few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from portal.core.evidence.models import Artifact, Expiry, Hold
from portal.pages.evidence.retention.rules import RULES, How, Rule
from portal.pages.models import RetentionRun

EXACT_UP_TO = 50_000
SIZES = """
SELECT parent.relname, sum(greatest(part.reltuples, 0))::bigint
FROM pg_class parent
LEFT JOIN pg_inherits link ON link.inhparent = parent.oid
JOIN pg_class part ON part.oid = coalesce(link.inhrelid, parent.oid)
WHERE parent.relname = ANY(%s) AND parent.relnamespace = current_schema()::regnamespace
GROUP BY parent.relname
"""

AFTER = {
    "registered_at": "it was registered",
    "created_at": "it was made",
    "made_at": "it was made",
    "asked_at": "it was asked for",
    "received_at": "it came in",
    "started_at": "it began",
    "finished_at": "it ended",
    "end": "its end",
    "at": "it ran",
    "resolved_at": "it was resolved",
    "counted_at": "it was counted",
    "last_at": "it was last asked",
    "expires_at": "it ran out",
}
"""What a rule's time column means, for people."""


@dataclass(frozen=True)
class Standing:
    """One rule as it stands: rows (`about` where estimated), the oldest, and what the last run ended."""

    rule: Rule
    rows: int
    about: bool
    oldest: datetime | None
    last: int | None
    problem: str

    @property
    def how(self) -> str:
        """How long, in words."""
        if self.rule.how is How.KEPT:
            return "Kept"
        if self.rule.how is How.OWN_JOB:
            return "By its own job"
        verb = "Emptied" if self.rule.how is How.CLEARED else "Deleted"
        if not self.rule.days:
            return f"{verb} when it is over"
        days = "a day" if self.rule.days == 1 else f"{self.rule.days} days"
        return f"{verb} {days} after {AFTER.get(self.rule.since, self.rule.since)}"


def standings(run: RetentionRun | None) -> list[Standing]:
    """Every rule with its figures, in three queries whatever the number of rules."""
    tables = {model._meta.db_table for rule in RULES for model in rule.models()}
    sizes = _sizes(tables)
    exact = _counts({table for table in tables if sizes.get(table, 0) <= EXACT_UP_TO})
    oldest = _oldest()
    return [_standing(rule, sizes, exact, oldest, run) for rule in RULES]


def _standing(
    rule: Rule,
    sizes: dict[str, int],
    exact: dict[str, int],
    oldest: dict[str, datetime | None],
    run: RetentionRun | None,
) -> Standing:
    tables = [model._meta.db_table for model in rule.models()]
    return Standing(
        rule=rule,
        rows=sum(exact.get(table, sizes.get(table, 0)) for table in tables),
        about=any(table not in exact for table in tables),
        oldest=oldest.get(rule.name),
        last=run.counts.get(rule.name) if run else None,
        problem=run.problems.get(rule.name, "") if run else "",
    )


def _sizes(tables: set[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [sorted(tables)])
        return {name: int(count or 0) for name, count in cursor.fetchall()}


def _counts(tables: set[str]) -> dict[str, int]:
    """Exact numbers of small tables, in one statement; the names are those of our own models."""
    parts = [f"SELECT '{table}', count(*) FROM \"{table}\"" for table in sorted(tables)]  # noqa: S608 - our own names
    return {name: int(count) for name, count in _union(parts)}


def _oldest() -> dict[str, datetime | None]:
    timed = [(rule, model) for rule in RULES if rule.since for model in rule.models()]
    parts = [f'SELECT \'{rule.name}\', min("{rule.since}") FROM "{model._meta.db_table}"' for rule, model in timed]  # noqa: S608
    return dict(_union(parts))


def _union(parts: list[str]) -> list[tuple[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return list(cursor.fetchall())


def artifact_page(after: str, *, held: bool) -> QuerySet[Artifact]:
    """The stored files whose bytes are kept, the soonest end first; with `held` only those on hold."""
    found = Artifact.objects.exclude(digest__in=Expiry.objects.values("digest")).order_by("retain_until", "pk")
    if held:
        found = found.filter(digest__in=Hold.objects.filter(released_at=None).values("digest"))
    last = Artifact.objects.filter(pk=int(after)).first() if after.isdecimal() and len(after) < 19 else None
    if last is None:
        return found
    return found.filter(Q(retain_until__gt=last.retain_until) | Q(retain_until=last.retain_until, pk__gt=last.pk))


def holds_of(digests: set[str]) -> dict[str, Hold]:
    """The holds that are in force on some digests."""
    return {row.digest: row for row in Hold.objects.filter(digest__in=digests, released_at=None)}
