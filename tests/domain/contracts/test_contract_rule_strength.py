"""Proofs about accuracy rules are sound: what is called stronger holds for every row, NULL included."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.document import load
from contracts_app.domain.rules import nodes
from contracts_app.domain.rules.ruleset import row_rules

HEAD = """\
name: a
version: 1.0.0
owner: a@example.com
on_call: x
schema:
  x: {type: integer}
  y: {type: integer, required: true}
  at: {type: timestamp}
  word: {type: string}
  flag: {type: boolean}
slos:
  accuracy_rules:
    - {name: one, rule: "RULE"}
"""
OPS = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
       "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}  # fmt: skip


def contract(rule):
    return load(HEAD.replace("RULE", rule))


def kind(old, new):
    changes = compare_loaded(contract(old), contract(new)).changes
    return changes[0].kind.removeprefix("rule.") if changes else "unchanged"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("x >= 0", "x >= 1", "stronger"),
        ("x >= 0", "x > 0", "stronger"),
        ("x > 0", "x >= 0", "weaker"),
        ("x in [1, 2, 3]", "x in [1, 2]", "stronger"),
        ("x not in [1]", "x not in [1, 2]", "stronger"),
        ("x != 1", "x in [2, 3]", "stronger"),
        ("x in [1, 2]", "x == 1 or x == 2", "text.changed"),
        ("x in [1, 2]", "x == 1 or x == 2 or x == 3", "weaker"),
        ("0 <= x < 10", "x >= 0 and x <= 9.5", "stronger"),
        ("x >= 0", "x >= 0 and x < 5", "stronger"),
        ("x < 0 or x > 10", "x < -1 or x > 10", "stronger"),
        ("not (x < 0)", "x >= 0", "text.changed"),
        ("not (x < 0 or y < 0)", "x >= 0 and y >= 0", "text.changed"),
        ("x <= y", "x < y", "stronger"),
        ("x <= y", "y >= x", "text.changed"),
        ("x <= y", "x == y", "stronger"),
        ("x + y >= 0", "x + y >= 1", "stronger"),
        ("length(word) <= 10", "length(word) <= 5", "stronger"),
        ("word in ['a', 'b']", "word == 'a'", "stronger"),
        ("at >= '2026-01-01'", "at >= '2026-06-01 12:00'", "stronger"),
        ("at >= '2026-01-01'", "at >= '2026-01-01T00:00'", "text.changed"),
        ("flag", "flag == true", "text.changed"),
        ("y >= 0", "y >= 0 and x >= 0", "changed"),  # passes where x is NULL: not stronger for a row with y below 0
        ("y >= 0", "y >= 0 and x is not null", "stronger"),
        ("x is null or x > 3", "x is null or x > 4", "stronger"),
        ("x is not null", "x is not null and x > 0", "stronger"),
        ("word < 'm'", "word < 'a'", "stronger"),  # texts are ordered by code point
        ("word < 'a'", "word < 'Z'", "stronger"),
        ("x * 2 >= 0", "x >= 0", "changed"),
        ("x >= 0", "x <= 5", "changed"),
        ("x >= 5 and x <= 4", "x == 99", "weaker"),  # no row passed, but those where x is NULL
    ],
)
def test_what_can_be_proved_is_proved_and_nothing_else(old, new, word):
    assert kind(old, new) == word


def test_a_rule_spelt_otherwise_is_the_same_rule():
    assert kind("x >= 0", "x   >=  0") == "text.changed"
    assert kind("word in [a, b]", "word in ['a', 'b']") == "text.changed"
    assert compare_loaded(contract("x >= 0"), contract("x   >=  0")).required_bump == "patch"


NUMBERS = [None, -1, 0, 1, 2, 3]
ROWS = [{"x": x, "y": y} for x, y in itertools.product(NUMBERS, NUMBERS)]

_side = st.sampled_from(["x", "y", "x + y", "coalesce(x, 1)"])
_atom = (
    st.builds("{} {} {}".format, _side, st.sampled_from(list(OPS)), st.integers(-1, 3))
    | st.builds("{} {} {}".format, _side, st.sampled_from(list(OPS)), _side)
    | st.builds("{} in {}".format, _side, st.lists(st.integers(-1, 3), min_size=1, max_size=3))
    | st.builds("{} not in {}".format, _side, st.lists(st.integers(-1, 3), min_size=1, max_size=3))
    | st.sampled_from(["x is null", "x is not null"])
)
_rule = st.recursive(
    _atom,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=4,
)


def value(node, row):
    """What an engine makes of a part of a rule: SQL's three values, None being unknown."""
    match node:
        case nodes.FieldRef(name=name):
            return row[name]
        case nodes.Literal(value=constant):
            return constant
        case nodes.Negative(operand=operand):
            return -value(operand, row)
        case nodes.NullTest(operand=operand, negated=negated):
            return (value(operand, row) is None) != negated
        case nodes.Call(args=args):
            return next((found for arg in args if (found := value(arg, row)) is not None), None)
        case nodes.Not(operand=operand):
            found = value(operand, row)
            return None if found is None else not found
        case nodes.Logic(op=op, parts=parts):
            decided, values = op == "or", [value(part, row) for part in parts]
            return decided if decided in values else None if None in values else not decided
    left, *rest = (value(part, row) for part in nodes.children(node))
    if left is None or None in rest:
        return None
    if isinstance(node, nodes.Membership):
        return (left in rest) != node.negated
    return left + rest[0] if isinstance(node, nodes.Arithmetic) else OPS[node.op](left, rest[0])


def passes(document, row):
    (rule,) = [rule for rule in row_rules(document) if rule.name == "one"]
    return any(row[name] is None for name in rule.passes_null) or value(rule.tree, row) is True


@st.composite
def _two_rules(draw):
    """A rule and another one, often one made of it, so that proofs do come about."""
    old, other = draw(_rule), draw(_rule)
    return old, draw(st.sampled_from([other, f"({old}) and ({other})", f"({other}) or ({old})", f"not (not ({old}))"]))


@given(_two_rules())
def test_whatever_is_called_stronger_or_weaker_holds_for_every_row(rules):
    old, new = rules
    one, two = contract(old), contract(new)
    assume(one.ok and two.ok and one.digest != two.digest)
    word = compare_loaded(one, two).changes[0].kind
    before, after = ([passes(each.document, row) for row in ROWS] for each in (one, two))
    if word in ("rule.stronger", "text.changed"):
        assert all(old_row or not new_row for old_row, new_row in zip(before, after, strict=True))
    if word in ("rule.weaker", "text.changed"):
        assert all(new_row or not old_row for old_row, new_row in zip(before, after, strict=True))


@given(st.integers(-5, 5), st.sampled_from(["<", "<=", ">", ">="]), st.integers(-5, 5))
def test_moving_a_bound_is_never_left_undecided(low, op, high):
    assume(low != high)
    stronger = (high > low) == (op in (">", ">="))
    assert kind(f"x {op} {low}", f"x {op} {high}") == ("stronger" if stronger else "weaker")
