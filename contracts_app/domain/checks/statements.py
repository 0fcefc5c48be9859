"""The SQL of a contract test: one scan counts the failures of all rules, one statement a field counts duplicates.

A row keeps a rule where the rule IS TRUE; everything else, NULL included, counts as failing. Of six
forms tried on a million rows and 20 rules these were the fastest in each engine, as fast as a scan by hand
(`benchmarks/data_tests.py`); grouping by the rules' answers took twice as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from contracts_app.domain.checks.physical import Physical

PER_SCAN = 400  # rules in one statement; PostgreSQL takes 1,664 result columns
_FAILING = {
    "postgres": "count(*) FILTER (WHERE ({rule}) IS NOT TRUE)",
    "duckdb": "count(*) - count_if({rule})",
}
_AS_TEXT = {"enum", "uuid"}


def quoted(name: str) -> str:
    """An identifier in double quotes, as both engines take it.

    >>> quoted('o"k')
    '"o""k"'
    """
    return '"' + name.replace('"', '""') + '"'


def source(relation: str, columns: Mapping[str, Physical], names: Iterable[str]) -> str:
    """The dataset cut to the named columns, so that a right which is missing on another one costs nothing.

    Engine types that refuse a comparison with a plain text (enums, UUIDs) are read as text, so that a rule about a
    value which the type does not know counts rows instead of stopping.
    """
    listed = [_column(name, columns[name]) for name in dict.fromkeys(names)]
    return f"(SELECT {', '.join(listed) or '1 AS nothing'} FROM {relation}) AS tested"  # noqa: S608 - quoted names


def _column(name: str, column: Physical) -> str:
    shown = quoted(name)
    return f"CAST({shown} AS VARCHAR) AS {shown}" if column.family in _AS_TEXT else shown


def scan(tested: str, rules: Sequence[str], dialect: str) -> str:
    """All rows as `total`, and for the n-th rule its failing rows as `failing_n`, in one pass."""
    counts = [f"{_FAILING[dialect].format(rule=rule)} AS failing_{n}" for n, rule in enumerate(rules)]
    return f"SELECT {', '.join(['count(*) AS total', *counts])} FROM {tested}"  # noqa: S608 - compiled from a checked tree


def duplicates(tested: str, name: str, dialect: str) -> str:
    """`failing`: rows that share their value with another row; `total`: all rows. A NULL is nobody's duplicate.

    The sort lets PostgreSQL group a stream instead of spilling a hash table of a million single values.
    """
    column, order = quoted(name), " ORDER BY 1" if dialect == "postgres" else ""
    values = f"SELECT {column} AS value FROM {tested}{order}"  # noqa: S608 - quoted name
    groups = f"SELECT value, count(*) AS n FROM ({values}) AS single GROUP BY value"  # noqa: S608 - as above
    failing = "coalesce(sum(n) FILTER (WHERE n > 1 AND value IS NOT NULL), 0)"
    return f"SELECT {failing} AS failing, coalesce(sum(n), 0) AS total FROM ({groups}) AS grouped"  # noqa: S608
