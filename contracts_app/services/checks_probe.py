"""Looking at live data: one placement of an asset against a contract, read-only, limited, and as counts only.

Nothing is written here. What one check cannot say never stops the others: a missing column leaves its own rules "not
run", a statement that fails is split until the rules that fail stand alone, with the engine's words and no values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contracts_app.domain.checks import statements
from contracts_app.domain.checks.outcome import Finding, Kind, Outcome
from contracts_app.domain.checks.physical import Physical, physical
from contracts_app.domain.checks.schema import schema_findings
from contracts_app.domain.model import Document
from contracts_app.domain.rules import nodes, patterns
from contracts_app.domain.rules.compile import compile_rules
from contracts_app.domain.rules.ruleset import RowRule, row_rules
from portal.core.catalog.selectors import system_config
from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, Reader

if TYPE_CHECKING:
    from portal.core.catalog.models import Placement

TIMEOUT_S = 120  # one statement; the lease of a run is longer
LIMITS = ("57014", "timeout", "memory", "53200")  # asking again in parts would only cost more
Open = Callable[[], AbstractContextManager[Reader]]
Tell = Callable[[str], None]


@dataclass
class Probe:
    """One placement under test; `tell` is called with what comes next, once a step."""

    document: Document
    open: Open
    tell: Tell
    columns: dict[str, Physical] = field(default_factory=dict)
    dialect: str = ""
    relation: str = ""
    rows: int | None = None

    def findings(self) -> Iterator[Finding]:
        """Everything in order. Raises ConnectorError where not even the columns can be read."""
        self.tell("reading the columns")
        with self.open() as reader:
            self.dialect, self.columns = reader.dialect, _columns(reader)
            self.relation = reader.relation
        yield from schema_findings(self.document, self.columns)
        yield from self._rules()
        yield from self._unique()

    def _rules(self) -> Iterator[Finding]:
        rules = row_rules(self.document)
        compiled = compile_rules(self.document, self.dialect)
        found = {at: why for at, rule in enumerate(rules) if (why := self._why_not(rule)) is not None}
        ready = [Ready(at, rule, compiled.rules[at][1]) for at, rule in enumerate(rules) if at not in found]
        for start in range(0, len(ready), statements.PER_SCAN):
            batch = ready[start : start + statements.PER_SCAN]
            self.tell(f"{len(batch)} rule{'s' if len(batch) != 1 else ''} in one scan")
            found |= self._scan(batch)
        yield from (found[at] for at in range(len(rules)))
        if self.rows == 0:
            said = "The dataset holds no row: its rules were asked, and nothing was there to fail them."
            yield Finding(Kind.RULE, "rows", Outcome.WARNING, said, total=0)

    def _why_not(self, rule: RowRule) -> Finding | None:
        """Missing columns and patterns that mean another thing elsewhere: said before anything is asked."""
        missing = [name for name in _fields(rule) if name not in self.columns]
        if missing:
            return _unasked(rule, Outcome.NOT_RUN, f"Not run: column missing ({', '.join(missing)[:200]}).")
        if rule.matches:
            try:
                patterns.spelled(rule.matches[1], self.dialect)
            except patterns.NotPortable as reason:
                return _unasked(rule, Outcome.NOT_SUPPORTED, f"Not every engine reads this pattern alike: {reason}.")
        return None

    def _scan(self, batch: list[Ready]) -> dict[int, Finding]:
        """All rules of the batch in one statement; where it fails, those that can be bound, then each alone."""
        try:
            return self._count(batch)
        except ConnectorError as error:
            if error.code in LIMITS or len(batch) == 1:
                return {one.at: _failed_to_run(one.rule, error) for one in batch}
        bound = {one.at: self._bind(one) for one in batch}
        found = {at: finding for at, finding in bound.items() if finding is not None}
        sound = [one for one in batch if one.at not in found]
        if found and sound:
            return found | self._scan(sound)
        for one in sound:
            found |= self._scan([one])
        return found

    def _count(self, batch: list[Ready]) -> dict[int, Finding]:
        with self.open() as reader:
            row = reader.row(statements.scan(self._tested(*batch), [one.sql for one in batch], self.dialect))
        self.rows = int(row["total"])
        return {
            one.at: _counted(Kind.RULE, one.rule.name, one.rule.text, row[f"failing_{n}"], row["total"])
            for n, one in enumerate(batch)
        }

    def _tested(self, *batch: Ready) -> str:
        return statements.source(self.relation, self.columns, [name for one in batch for name in _fields(one.rule)])

    def _bind(self, one: Ready) -> Finding | None:
        """Ask for the rule over no rows: it costs nothing, and fails where names or types do not fit."""
        nothing = f"(SELECT * FROM {self._tested(one)} WHERE 1 = 0) AS none_of_it"  # noqa: S608 - quoted names
        try:
            with self.open() as reader:
                reader.row(statements.scan(nothing, [one.sql], self.dialect))
        except ConnectorError as error:
            return _failed_to_run(one.rule, error)
        return None

    def _unique(self) -> Iterator[Finding]:
        for spec in self.document.fields:
            if not spec.unique:
                continue
            text = f"{spec.name} is unique"
            if spec.name not in self.columns:
                yield Finding(Kind.UNIQUE, spec.name, Outcome.NOT_RUN, "Not run: column missing.", text)
                continue
            self.tell(f"duplicates of {spec.name}"[:200])
            try:
                with self.open() as reader:
                    source = statements.source(self.relation, self.columns, [spec.name])
                    row = reader.row(statements.duplicates(source, spec.name, self.dialect))
            except ConnectorError as error:
                yield Finding(Kind.UNIQUE, spec.name, Outcome.NOT_RUN, _said(error), text)
            else:
                yield _counted(Kind.UNIQUE, spec.name, text, row["failing"], row["total"])


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule by its place in the set, with its SQL in the dialect of the placement."""

    at: int
    rule: RowRule
    sql: str


def _fields(rule: RowRule) -> list[str]:
    """The columns that a rule reads."""
    if rule.matches:
        return [rule.matches[0]]
    return nodes.fields_of(rule.tree) if rule.tree is not None else []


def opener(place: Placement) -> Open:
    """Opens the placement by the system's reading role. Raises ConnectorError for a kind that takes no SQL."""
    connector = registry.capable(place.system.kind, Measurable)  # type: ignore[type-abstract]  # an interface to look for
    config = system_config(place.system)
    return lambda: connector.reader(config, place.object_name, timeout_s=TIMEOUT_S, settings=place.settings)


def steps(document: Document) -> int:
    """How often `tell` is called for one placement at most: columns, scans, one a unique field."""
    scans = -(-len(row_rules(document)) // statements.PER_SCAN)
    return 1 + scans + sum(spec.unique for spec in document.fields)


def _columns(reader: Reader) -> dict[str, Physical]:
    """The columns by name; in PostgreSQL, enums and domains are read as what they are made of."""
    spelled = reader.columns()
    found = {name: physical(reader.dialect, kind) for name, kind in spelled.items()}
    if reader.dialect == "postgres" and any(column.family == "unknown" for column in found.values()):
        made_of = _made_of(reader)
        for name, kind in made_of.items():
            if name in found and found[name].family == "unknown":
                base = physical(reader.dialect, kind)
                found[name] = Physical(f"{spelled[name]} ({kind})", base.family, base.bits, base.scale, base.zoned)
    return found


def _made_of(reader: Reader) -> dict[str, str]:
    relation = reader.relation.replace("'", "''")
    row = reader.row(
        "SELECT json_object_agg(attname, CASE WHEN typtype = 'e' THEN 'enum' ELSE format_type(typbasetype, typtypmod)"  # noqa: S608
        " END) AS kinds FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid"
        f" WHERE attrelid = '{relation}'::regclass AND attnum > 0 AND NOT attisdropped AND typtype IN ('e', 'd')"
    )
    return row["kinds"] or {}


def _counted(kind: Kind, name: str, text: str, failing: Any, total: Any) -> Finding:
    failing, total = int(failing), int(total)
    if total == 0:
        return Finding(kind, name, Outcome.OK, "There is no row, so none fails.", text, 0, 0)
    if failing == 0:
        return Finding(kind, name, Outcome.OK, "No row fails.", text, 0, total)
    what = "share their value with another row" if kind is Kind.UNIQUE else "fail"
    return Finding(kind, name, Outcome.FAILED, f"{failing:,} of {total:,} rows {what}.", text, failing, total)


def _unasked(rule: RowRule, state: Outcome, said: str) -> Finding:
    return Finding(Kind.RULE, rule.name, state, said, rule.text)


def _failed_to_run(rule: RowRule, error: ConnectorError) -> Finding:
    return _unasked(rule, Outcome.NOT_RUN, _said(error))


def _said(error: ConnectorError) -> str:
    """Our sentence for it, then the engine's own words without values."""
    return f"Not run: {error}{f' The engine says: {error.detail}.' if error.detail else ''}"[:500]
