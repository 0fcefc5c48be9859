"""Whether one rule follows from others: sound, and deliberately incomplete.

`follows` answers True only with a proof: the known rules are spread out into alternatives of atoms, and in each of them
the goal must hold by inclusion of value sets. What is not proved is not claimed, so that a promise is never taken for
as strong as before when it may be weaker.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from contracts_app.domain.rules.atoms import Atom, Branch, Tree, take_apart
from contracts_app.domain.rules.nodes import Expr
from contracts_app.domain.rules.sets import Values

MAX_ALTERNATIVES = 64
_Known = dict[Hashable, Values | None]


def follows(goal: Expr, known: Iterable[Expr], families: Mapping[str, str]) -> bool:
    """Whether every row that makes all `known` rules TRUE provably makes `goal` TRUE.

    >>> from contracts_app.domain.rules.parse import parse
    >>> rule = lambda text: parse(text, ["x"])
    >>> follows(rule("x >= 0"), [rule("x >= 1")], {"x": "number"})
    True
    >>> follows(rule("x >= 1"), [rule("x >= 0")], {"x": "number"})
    False
    """
    wanted = take_apart(goal, families)
    alternatives = _alternatives(Branch("and", tuple(take_apart(rule, families) for rule in known)))
    if alternatives is None:
        return False
    return all(_holds(wanted, _gathered(atoms)) for atoms in alternatives)


def _alternatives(tree: Tree) -> list[tuple[Atom, ...]] | None:
    """The ways in which the tree can be TRUE, each a list of atoms; None where there are too many to look at."""
    if isinstance(tree, Atom):
        return [(tree,)]
    parts = [_alternatives(part) for part in tree.parts]
    ways: list[tuple[Atom, ...]] = [()] if tree.op == "and" else []
    for part in parts:
        if part is None:
            return None
        ways = [one + other for one in ways for other in part] if tree.op == "and" else ways + part
        if len(ways) > MAX_ALTERNATIVES:
            return None
    return ways


def _gathered(atoms: tuple[Atom, ...]) -> _Known | None:
    """What is known of each expression in one alternative; None where it cannot happen at all."""
    known: _Known = {}
    for atom in atoms:
        before = known.get(atom.about)
        known[atom.about] = atom.values.meet(before) if before and atom.values else atom.values
    return None if any(values and values.empty for values in known.values()) else known


def _holds(goal: Tree, known: _Known | None) -> bool:
    if known is None:
        return True
    if isinstance(goal, Branch):
        if goal.op == "and":
            return all(_holds(part, known) for part in goal.parts)
        return any(_holds(part, known) for part in goal.parts) or _case_by_case(goal, known)
    if goal.values is None:
        return goal.about in known or _is_present(goal.about, known)
    values = known.get(goal.about)
    return values is not None and values.within(goal.values)


def _case_by_case(goal: Branch, known: _Known) -> bool:
    """A listed expression, value by value: `x in [1, 2]` gives `x == 1 or x == 2`."""
    for about, values in known.items():
        if values and values.only is not None and 1 < len(values.only) <= MAX_ALTERNATIVES:
            cases = ({**known, about: Values(only=frozenset({value}))} for value in values.only)
            if all(any(_holds(part, case) for part in goal.parts) for case in cases):
                return True
    return False


def _is_present(about: Hashable, known: _Known) -> bool:
    """`x is not null` follows from any comparison of `x` that came out TRUE."""
    if not isinstance(about, tuple) or about[0] != "is not null":
        return False
    return any(other == about[1] or _compares(other, about[1]) for other in known)


def _compares(other: Hashable, operand: Hashable) -> bool:
    return isinstance(other, tuple) and other[0] == "order" and operand in other[1:]
