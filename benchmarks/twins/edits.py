"""One edit a kind: what the next version of a contract may change in schema, quality rules and freshness.

An edit takes a random generator and an agreement, and gives the edited agreement, or None where there is nothing to
edit. `EDITS` names each by its kind; a new kind is one more decorated function.
"""

# ruff: noqa: ARG001 - every edit takes what any edit may need

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from benchmarks.twins.agreement import Agreement, Column, Rule

Edit = Callable[[Random, Agreement], Agreement | None]
EDITS: dict[str, Edit] = {}
WORDS = ("view", "cart", "purchase", "refund", "share", "abandon")
PATTERNS = ("^[A-Z]{2}[0-9]{6}$", "^[A-Z]+$", "^c_[0-9]+$", "^.{3,}$")


def edit(kind: str) -> Callable[[Edit], Edit]:
    """Register the edit under its kind."""

    def register(function: Edit) -> Edit:
        EDITS[kind] = function
        return function

    return register


def generated(rng: Random) -> Agreement:
    """A contract of 4 to 9 fields of every type, with up to three rules; the first two fields are always there."""
    columns = [Column("id", required=True, unique=rng.random() < 0.7), Column("happened_at", "timestamp", True)]
    columns.append(Column("ingested_at", "timestamp", rng.random() < 0.5))
    columns += [_column(rng, number) for number in range(rng.randint(3, 7))]
    numbers = [column.name for column in columns if column.type in ("integer", "float")]
    limits = rng.sample(range(-5, 6), rng.randint(0, 3))  # no text twice: then it would not matter which one goes
    rules = tuple(Rule(f"rule {n}", f"{rng.choice(numbers)} >= {limit}") for n, limit in enumerate(limits) if numbers)
    complete = rng.choice((None, 99.0, 99.5))
    return Agreement(tuple(columns), rules, complete, rng.choice((None, 15, 60)))


def _column(rng: Random, number: int) -> Column:
    kind = rng.choice(("string", "integer", "float", "boolean", "timestamp", "date", "enum", "object"))
    name, required = f"{kind}_{number}", rng.random() < 0.5
    if kind == "enum":
        words = tuple(rng.sample(WORDS, rng.randint(2, 4)))
        return Column(name, kind, required, allowed=words, open=rng.random() < 0.2)
    if kind in ("integer", "float"):
        low, high = rng.choice((None, 0, -10)), rng.choice((None, 100, 1000))
        return Column(name, kind, required, min=low, max=high)
    if kind == "string":
        return Column(name, kind, required, pattern=rng.choice((None, *PATTERNS)), unique=rng.random() < 0.2)
    if kind == "object":
        return Column(name, kind, required, inside=(Column("part", "integer", True), Column("note")))
    return Column(name, kind, required)


def _one(
    rng: Random, old: Agreement, fits: Callable[[Column], bool], change: Callable[[Column], dict[str, Any]]
) -> Any:
    """The agreement with `change` applied to one of the columns that fit; never to the first two."""
    found = [column for column in old.columns[2:] if fits(column)]
    if not found:
        return None
    column = rng.choice(found)
    return old.with_column(column.name, replace(column, **change(column)))


def _numeric(column: Column) -> bool:
    return column.type in ("integer", "float")


@edit("field added, optional")
def _(rng: Random, old: Agreement) -> Agreement:
    return replace(old, columns=(*old.columns, Column("fresh_field", rng.choice(("string", "integer", "float")))))


@edit("field added, required")
def _(rng: Random, old: Agreement) -> Agreement:
    return replace(old, columns=(*old.columns, Column("fresh_field", rng.choice(("string", "date")), True)))


@edit("field removed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    mentioned = " ".join(rule.text for rule in old.rules)
    free = [column for column in old.columns[3:] if column.name not in mentioned]
    return old.with_column(rng.choice(free).name, None) if free else None


@edit("field renamed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    mentioned = " ".join(rule.text for rule in old.rules)
    return _one(
        rng, old, lambda c: c.name not in mentioned and c.name != old.fresh_by, lambda c: {"name": f"{c.name}_x"}
    )


@edit("fields in another order")
def _(rng: Random, old: Agreement) -> Agreement:
    rest = list(old.columns[1:])
    rng.shuffle(rest)
    return replace(old, columns=(old.columns[0], *rest))


@edit("type widened: integer to float")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "integer", lambda _: {"type": "float"})


@edit("type widened: float to double")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "float", lambda _: {"type": "double"})


@edit("type widened: date to timestamp")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "date", lambda _: {"type": "timestamp"})


@edit("type widened: enum to string")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "enum", lambda _: {"type": "string", "allowed": None, "open": False})


@edit("type narrowed: float to integer")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "float", lambda _: {"type": "integer"})


@edit("type narrowed: timestamp to date")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "timestamp" and c.name != old.fresh_by, lambda _: {"type": "date"})


@edit("type swapped: string to integer")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "string", lambda _: {"type": "integer", "pattern": None})


@edit("type swapped: integer to string")
def _(rng: Random, old: Agreement) -> Agreement | None:
    mentioned = " ".join(rule.text for rule in old.rules)
    fits = lambda c: c.type == "integer" and c.name not in mentioned  # noqa: E731
    return _one(rng, old, fits, lambda _: {"type": "string", "min": None, "max": None})


@edit("string to enum")
def _(rng: Random, old: Agreement) -> Agreement | None:
    plain = lambda c: c.type == "string" and not c.pattern  # noqa: E731
    return _one(rng, old, plain, lambda _: {"type": "enum", "allowed": tuple(rng.sample(WORDS, 3))})


@edit("enum value added")
def _(rng: Random, old: Agreement) -> Agreement | None:
    closed = lambda c: c.type == "enum" and not c.open  # noqa: E731
    return _one(rng, old, closed, lambda c: {"allowed": (*c.allowed, "brand_new")})


@edit("enum value added, set declared open")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.open, lambda c: {"allowed": (*c.allowed, "brand_new")})


@edit("enum value removed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "enum", lambda c: {"allowed": c.allowed[:-1]})


@edit("enum value replaced")
def _(rng: Random, old: Agreement) -> Agreement | None:
    closed = lambda c: c.type == "enum" and not c.open  # noqa: E731
    return _one(rng, old, closed, lambda c: {"allowed": (*c.allowed[:-1], "brand_new")})


@edit("enum values in another order")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type == "enum", lambda c: {"allowed": c.allowed[::-1]})


@edit("allowed values added to a string")
def _(rng: Random, old: Agreement) -> Agreement | None:
    plain = lambda c: c.type == "string" and c.allowed is None  # noqa: E731
    return _one(rng, old, plain, lambda _: {"allowed": tuple(rng.sample(WORDS, 3))})


@edit("required")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: not c.required, lambda _: {"required": True})


@edit("not required any more")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.required, lambda _: {"required": False})


@edit("unique")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.type in ("string", "integer") and not c.unique, lambda _: {"unique": True})


@edit("not unique any more")
def _(rng: Random, old: Agreement) -> Agreement | None:
    key = old.columns[0]
    return old.with_column("id", replace(key, unique=False)) if key.unique else None


@edit("lower limit lowered")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.min is not None, lambda c: {"min": c.min - rng.randint(1, 9)})


@edit("lower limit raised")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.min is not None, lambda c: {"min": c.min + rng.randint(1, 9)})


@edit("upper limit raised")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.max is not None, lambda c: {"max": c.max + rng.randint(1, 9)})


@edit("upper limit lowered")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.max is not None, lambda c: {"max": c.max - rng.randint(1, 9)})


@edit("limit dropped")
def _(rng: Random, old: Agreement) -> Agreement | None:
    key = rng.choice(("min", "max"))
    return _one(rng, old, lambda c: getattr(c, key) is not None, lambda _: {key: None})


@edit("limit added")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: _numeric(c) and c.max is None, lambda _: {"max": 5000})


@edit("lower limit raised, upper limit raised")
def _(rng: Random, old: Agreement) -> Agreement | None:
    both = lambda c: c.min is not None and c.max is not None  # noqa: E731
    return _one(rng, old, both, lambda c: {"min": c.min + 1, "max": c.max + 1})


@edit("pattern added")
def _(rng: Random, old: Agreement) -> Agreement | None:
    plain = lambda c: c.type == "string" and not c.pattern  # noqa: E731
    return _one(rng, old, plain, lambda _: {"pattern": rng.choice(PATTERNS)})


@edit("pattern changed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    other = lambda c: {"pattern": rng.choice([one for one in PATTERNS if one != c.pattern])}  # noqa: E731
    return _one(rng, old, lambda c: c.pattern is not None, other)


@edit("pattern dropped")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.pattern is not None, lambda _: {"pattern": None})


@edit("nested field added")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.inside, lambda c: {"inside": (*c.inside, Column("extra", "float"))})


@edit("nested field removed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.inside, lambda c: {"inside": c.inside[:-1]})


@edit("nested field not required any more")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.inside, lambda c: {"inside": (Column("part", "integer", False), *c.inside[1:])})


@edit("nested field of another type")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda c: c.inside, lambda c: {"inside": (Column("part", "string", True), *c.inside[1:])})


@edit("description changed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _one(rng, old, lambda _: True, lambda _: {"description": "Said more clearly."})


@edit("rule added")
def _(rng: Random, old: Agreement) -> Agreement:
    return replace(old, rules=(*old.rules, Rule("rule new", "id <> 'x'")))


@edit("rule removed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, rules=old.rules[1:]) if old.rules else None


@edit("rule with another text")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return _first_rule(old, lambda rule: replace(rule, text=f"{rule.text} or id = 'x'"))


@edit("rule with another limit")
def _(rng: Random, old: Agreement) -> Agreement | None:
    moved = rng.choice((-3, 3))

    def move(rule: Rule) -> Rule:
        name, _, limit = rule.text.partition(" >= ")
        return replace(rule, text=f"{name} >= {int(limit) + moved}") if limit.lstrip("-").isdecimal() else rule

    return _first_rule(old, move)


def _first_rule(old: Agreement, change: Callable[[Rule], Rule]) -> Agreement | None:
    return replace(old, rules=(change(old.rules[0]), *old.rules[1:])) if old.rules else None


@edit("rules in another order")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, rules=old.rules[::-1]) if len(old.rules) > 1 else None


@edit("completeness lowered")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, complete=old.complete - 1) if old.complete else None


@edit("completeness raised")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, complete=old.complete + 0.3) if old.complete else None


@edit("completeness removed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, complete=None) if old.complete else None


@edit("completeness added")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return None if old.complete else replace(old, complete=99.9)


@edit("freshness loosened")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, fresh=old.fresh * 2) if old.fresh else None


@edit("freshness tightened")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, fresh=old.fresh - 5) if old.fresh else None


@edit("freshness removed")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, fresh=None) if old.fresh else None


@edit("freshness added")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return None if old.fresh else replace(old, fresh=30)


@edit("freshness by another column")
def _(rng: Random, old: Agreement) -> Agreement | None:
    return replace(old, fresh_by="ingested_at") if old.fresh else None
