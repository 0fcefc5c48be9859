"""Custom SQL: a number that the owner's own statement says, or a share of good rows that it counts.

The statement is taken as it was written for the warehouse (Snowflake style `DATEADD`), checked node by node, and
written anew for the engine that holds the asset; it reads the asset alone, and its one row alone is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.measurement import Reading, Result, percentage
from ..base import CannotMeasure, Defaults, Indicator, Terms, when
from ..registry import indicator
from ..settings import Setting, SettingError, Settings, Shape
from ..sql import clock

DIALECTS = (
    ("snowflake", "Snowflake"), ("bigquery", "BigQuery"), ("redshift", "Redshift"), ("databricks", "Databricks"),
    ("postgres", "PostgreSQL"), ("duckdb", "DuckDB"), ("trino", "Trino"), ("tsql", "SQL Server"),
)  # fmt: skip
RUNBOOK = {
    "Trigger": ("The owner's own statement is past its alert threshold.",),
    "Triage": ("Run the statement beside the last good day's data.", "Check whether a producer released a change."),
    "Fix": ("Correct the producer, or quarantine the batch.", "Rerun the job with --from-latest-success."),
    "Verify": ("The statement is back at its target.", "Post the post-mortem in #data-postmortems within 24 hours."),
    "Rollback": ("If the correction made it worse, put the previous release of the job back.",),
}


@indicator("custom_sql")
class CustomSql(Indicator):
    """What the owner's own SELECT says: `value`, or `good` (or `bad`) and `total`."""

    label = "Custom SQL"
    unit = ""
    sli = "what the statement says: a value, or good ÷ total in percent"
    counted = "Counted by the statement"
    fields = (
        Setting("sql", "One SELECT with one row, over {asset} (or its name) alone.", required=True, shape=Shape.SQL),
        Setting("dialect", "Whose SQL it is.", shape=Shape.CHOICE, choices=DIALECTS, default="snowflake"),
        Setting("value", "Column of the result that is the value; leave empty for a share."),
        Setting("total", "Column with the rows that were looked at."),
        Setting("good", "Column with those that are good; or name the bad ones."),
        Setting("bad", "Column with those that are bad."),
    )
    defaults = Defaults(
        target=(">=", Decimal("99.9")),
        alert=("<", Decimal("99.7")),
        hold=timedelta(minutes=15),
        interval=timedelta(minutes=5),
        objective=Decimal("0.99"),
        runbook=RUNBOOK,
    )

    def check(self, settings: Settings) -> None:
        """See Indicator: the statement can be read, and its result has the columns that are named."""
        from ...domain.statements.compiled import StatementRefused, columns_of  # sqlglot: loaded only where it is used

        _check_mapping(settings)
        try:
            found = columns_of(settings["sql"], _dialect(settings))
        except StatementRefused as refused:
            raise SettingError("sql", str(refused)) from refused
        for name in ("value", "total", "good", "bad"):
            if settings.get(name) and settings[name].lower() not in found:
                raise SettingError(name, f"The statement's result has no column “{settings[name]}”; name it with AS.")

    def lacks(self, element: str, settings: Mapping[str, Any]) -> str:
        """See Indicator."""
        del element
        return "" if settings.get("sql") else "There is no statement yet. Write one in this SLO's settings."

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        row = reader.row(statement(reader, terms))
        named = {key.lower(): value for key, value in row.items()}
        now = when(named["custody_clock"])
        if terms.settings.get("value"):
            return _value(now, named.get(terms.settings["value"].lower()))
        return _share(now, named, terms.settings)


def statement(reader: Reader, terms: Terms) -> str:
    """The checked statement in the reader's SQL, with the source's clock beside it. Raises CannotMeasure."""
    from ...domain.statements.compiled import Dataset, StatementRefused, compiled  # as above

    if not terms.settings.get("sql"):
        raise CannotMeasure("There is no statement yet. Write one in this SLO's settings.")
    dataset = Dataset(terms.asset, list(reader.columns()), reader.relation)
    try:
        asked = compiled(terms.settings["sql"], _dialect(terms.settings), dataset, reader.dialect)
    except StatementRefused as refused:
        raise CannotMeasure(str(refused)) from refused
    return f"SELECT {clock(reader.dialect)} AS custody_clock, asked.* FROM ({asked}) AS asked"  # noqa: S608 - checked


def _dialect(settings: Mapping[str, Any]) -> str:
    return str(settings.get("dialect") or "snowflake")


def _check_mapping(settings: Settings) -> None:
    shares = bool(settings.get("good")) + bool(settings.get("bad"))
    if settings.get("value"):
        if settings.get("total") or shares:
            raise SettingError("value", "Name either the value, or the total with the good or the bad rows.")
    elif not settings.get("total") or shares != 1:
        raise SettingError("total", "Name the column with the total and one of good and bad, or else the value.")


def _value(now: Any, found: Any) -> Reading:
    if found is None:
        return Reading(now, result=Result.NO_DATA, reason="The statement's value is NULL.")
    return Reading(now, value=_number(found, "value"))


def _share(now: Any, row: Mapping[str, Any], settings: Mapping[str, Any]) -> Reading:
    """Good rows of all; a statement over no row at all has no data, whatever its sums say."""
    side = "good" if settings.get("good") else "bad"
    total, counted = _count(row, settings, "total") or 0, _count(row, settings, side)
    if total == 0:
        return Reading(now, result=Result.NO_DATA, reason="The statement counted no row.", total=0)
    if counted is None:
        raise CannotMeasure(f"The column “{settings[side]}” is NULL although rows were counted; wrap it in COALESCE.")
    good = counted if side == "good" else total - counted
    if not 0 <= good <= total:
        raise CannotMeasure(f"The statement counted {counted:,} {side} rows of {total:,}; correct one of the two.")
    return Reading(now, percentage(good, total), good=good, total=total, counts={"bad": total - good})


def _count(row: Mapping[str, Any], settings: Mapping[str, Any], name: str) -> int | None:
    found = row.get(str(settings.get(name, "")).lower())
    if found is None:
        return None
    number = _number(found, name)
    if number != number.to_integral_value():
        raise CannotMeasure(f"The column for {name} is no whole number.")
    return int(number)


def _number(found: Any, name: str) -> Decimal:
    """The value as a finite number; never quoted, since it may be anybody's data."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        raise CannotMeasure(f"The column for {name} is no number; let the statement count or compute one.")
    number = Decimal(str(found))
    if not number.is_finite():
        raise CannotMeasure(f"The column for {name} is not finite.")
    return number
