"""Accuracy: the share of rows that pass the whole rule set, in one scan.

A row passes where every rule is TRUE; counting failures as `NOT (rule)` would lose every row for which a rule is
NULL. Failures by rule come from the same scan and cannot be added up, since one row may break several rules.
Uniqueness is asked by its own statement: every row of a duplicate group fails, and once, whatever else it breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.measurement import Reading, Result, percentage
from ..base import CannotMeasure, Defaults, Indicator, RuleSet, Terms, when
from ..registry import indicator
from ..sql import clock, quoted, shifted_now, time_column

RUNBOOK = {
    "Trigger": ("The share of rows that pass the rule set is below its alert threshold.",),
    "Triage": (
        "See below which rule fails most, and since when.",
        "Check whether a producer released a change.",
        "Look for a provider that sends another unit or a new value.",
    ),
    "Fix": (
        "Correct the producer, or quarantine the batch that brought the bad rows.",
        "Rerun the job with --from-latest-success.",
    ),
    "Verify": ("Accuracy is back at its target.", "Post the post-mortem in #data-postmortems within 24 hours."),
    "Rollback": ("If the correction rejects good rows, put the previous release of the job back.",),
}


@indicator("accuracy")
class Accuracy(Indicator):
    """Percentage of rows that pass the rule set of the contract."""

    label = "Accuracy"
    unit = "%"
    sli = "rows that pass the rule set ÷ rows"
    needs_rules = True
    counted = "Rows that fail, by rule; one row may fail several"
    element_help = "The column that holds the time of each event; needed only with a window."
    window_help = "Only rows of this last stretch of time are judged, such as 24h; empty for all rows."
    defaults = Defaults(
        target=(">=", Decimal("99.9")),
        alert=("<", Decimal("99.7")),
        hold=timedelta(minutes=15),
        interval=timedelta(minutes=5),
        runbook=RUNBOOK,
    )

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        rules = terms.rules
        if rules is None or not (rules.rules or rules.unique):
            raise CannotMeasure("The contract states no rule for this dataset, so there is nothing to check.")
        source = _source(reader, terms)
        counted = reader.row(statement(source, reader.dialect, rules))
        repeated = reader.row(repetitions(source, rules)) if rules.unique and int(counted["total"]) else {}
        return read(counted, rules, repeated)


def statement(source: str, dialect: str, rules: RuleSet) -> str:
    """All rows, passing rows and the failures of each rule, in one scan that asks each rule once per row.

    The inner query counts the rows by which rules hold for them, `IS TRUE` each, so that NULL has failed. Grouping by
    booleans keeps the planner's estimate of groups small, and with it the scan parallel.
    """
    held = [f"({sql}) IS TRUE AS rule_{n}" for n, (_, sql) in enumerate(rules.rules)]
    grouping = f" GROUP BY {', '.join(str(n + 1) for n in range(len(held)))}" if held else ""
    passing = " AND ".join(f"rule_{n}" for n in range(len(held))) or "TRUE"
    failing = "".join(f", {_rows(f'NOT rule_{n}')} AS failing_{n}" for n in range(len(held)))
    inner = f"SELECT {', '.join([*held, 'count(*) AS n'])} FROM {source} AS checked{grouping}"  # noqa: S608 - compiled from a checked tree
    return (
        f"SELECT {clock(dialect)} AS clock, coalesce(sum(n), 0) AS total, "  # noqa: S608 - as above
        f"{_rows(passing)} AS passing{failing} FROM ({inner}) AS counted"
    )


def _rows(condition: str) -> str:
    return f"coalesce(sum(n) FILTER (WHERE {condition}), 0)"


def repetitions(source: str, rules: RuleSet) -> str:
    """How many rows share their value with another row, by unique column, and how many of them pass every rule.

    A NULL is nobody's duplicate. The sort lets PostgreSQL group a stream instead of spilling a hash table of a million
    single values; joining the few repeated values back is what keeps a row that repeats in two columns one row, and
    OFFSET keeps the rules from being asked again of rows that repeat nothing.
    """
    values = [quoted(column) for column in rules.unique]
    held = ", ".join(f"r{n} AS MATERIALIZED ({_repeated(source, value)})" for n, value in enumerate(values))
    counts = ", ".join(f"(SELECT coalesce(sum(n), 0) FROM r{n}) AS repeating_{n}" for n in range(len(values)))  # noqa: S608
    joins = " ".join(f"LEFT JOIN r{n} ON checked.{value} = r{n}.value" for n, value in enumerate(values))
    any_of = " OR ".join(f"r{n}.value IS NOT NULL" for n in range(len(values)))
    passing = " AND ".join(f"({sql}) IS TRUE" for _, sql in rules.rules) or "TRUE"
    rows = f"SELECT checked.* FROM {source} AS checked {joins} WHERE {any_of} OFFSET 0"  # noqa: S608 - quoted
    return (
        f"WITH {held} SELECT {counts}, "  # noqa: S608 - names are quoted, rules compiled from a checked tree
        f"(SELECT count(*) FROM ({rows}) AS repeated WHERE {passing}) AS passing"
    )


def _repeated(source: str, name: str) -> str:
    values = f"SELECT {name} AS value FROM {source} AS checked WHERE {name} IS NOT NULL ORDER BY 1"  # noqa: S608 - quoted
    return f"SELECT value, count(*) AS n FROM ({values}) AS sorted GROUP BY value HAVING count(*) > 1"  # noqa: S608


def read(row: Mapping[str, Any], rules: RuleSet, repeated: Mapping[str, Any]) -> Reading:
    """Turn the answers into a reading; the value is exact, and every row of a duplicate group has failed."""
    now, total = when(row["clock"]), int(row["total"])
    counts = {name: int(row[f"failing_{n}"]) for n, (name, _) in enumerate(rules.rules)}
    duplicates = {column: int(repeated.get(f"repeating_{n}", 0)) for n, column in enumerate(rules.unique)}
    counts |= {f"unique {column}": rows for column, rows in duplicates.items()}
    if total == 0:
        return Reading(now, result=Result.NO_DATA, reason="There is no row to check.", total=0, counts=counts)
    passing = int(row["passing"]) - int(repeated.get("passing", 0))
    return Reading(
        now, percentage(passing, total), good=passing, total=total, counts=counts, reason=_remark(duplicates)
    )


def _source(reader: Reader, terms: Terms) -> str:
    """The relation, cut to the window where there is one; rows without a time stay in, or they would vanish."""
    if terms.window is None:
        return reader.relation
    columns = reader.columns()
    column = time_column(columns, terms.element)
    start = shifted_now(reader.dialect, columns[terms.element], -terms.window)
    return f"(SELECT * FROM {reader.relation} WHERE {column} >= {start} OR {column} IS NULL)"  # noqa: S608 - quoted


def _remark(duplicates: Mapping[str, int]) -> str:
    odd = [f"{rows} rows repeat “{column}”" for column, rows in duplicates.items() if rows]
    return f"Every row of a duplicate group fails: {', '.join(odd)}." if odd else ""
