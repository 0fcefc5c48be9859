"""What both formats can say: columns, rules over rows, completeness and freshness."""

from __future__ import annotations

from dataclasses import dataclass, replace

TABLE = "events"


@dataclass(frozen=True)
class Column:
    """One field; `type` is a type of the house format."""

    name: str
    type: str = "string"
    required: bool = False
    unique: bool = False
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    allowed: tuple[str, ...] | None = None
    open: bool = False  # the set of values may grow; ODCS cannot say it
    description: str = ""
    inside: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A condition on every row; the same text is an expression of the house format and of SQL."""

    name: str
    text: str


@dataclass(frozen=True)
class Agreement:
    """A contract about one table."""

    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    complete: float | None = None  # percent of rows whose first column is there
    fresh: int | None = None  # minutes
    fresh_by: str = "happened_at"
    version: str = "1.0.0"

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def with_column(self, name: str, column: Column | None) -> Agreement:
        """The same with one column replaced, or taken out."""
        kept = tuple(column if old.name == name else old for old in self.columns)
        return replace(self, columns=tuple(one for one in kept if one is not None))


def sized(fields: int) -> Agreement:
    """A contract of so many fields, five kinds in turn, with a rule for every fifth field."""
    columns = [Column("id", required=True, unique=True), Column("happened_at", "timestamp", required=True)]
    makers = (
        lambda n: Column(f"kind_{n}", "enum", required=True, allowed=("view", "cart", "purchase")),
        lambda n: Column(f"amount_{n}", "float", min=0.0),
        lambda n: Column(f"code_{n}", pattern="^[A-Z]{2}[0-9]{6}$"),
        lambda n: Column(f"count_{n}", "integer", required=True, min=0, max=1000),
        lambda n: Column(f"seen_{n}", "timestamp"),
    )
    columns += [makers[n % len(makers)](n) for n in range(fields - len(columns))]
    rules = [Rule(f"{c.name} is sane", f"{c.name} < 10000") for c in columns if c.name.startswith("amount")]
    return Agreement(tuple(columns), tuple(rules), complete=99.5, fresh=15)


def changed(old: Agreement) -> Agreement:
    """The next version of `sized`: a tenth of the fields changed in ways of every kind, some of them breaking."""
    new = replace(old, version="2.0.0", fresh=30)
    for place, column in enumerate(old.columns[2:]):
        if place % 10 == 0:
            new = new.with_column(column.name, replace(column, allowed=("view", "purchase", "refund")))
        elif place % 10 == 1:
            new = new.with_column(column.name, replace(column, min=1.0, description="net of tax"))
        elif place % 40 == 3:
            new = new.with_column(column.name, None)
    return replace(new, columns=(*new.columns, Column("added", "integer")))
