"""Changes of the accuracy rules: unchanged, provably weaker or stronger, added, removed, or not to be told.

Rules are paired by `name`, then by the fields that they speak about. A pair is graded only by what can be proved of the
two rules themselves: that other keys still promise the same is no reason to call a rule's removal harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences.values import line_of
from contracts_app.domain.model import Document, RuleText
from contracts_app.domain.rules import nodes, types
from contracts_app.domain.rules.atoms import key
from contracts_app.domain.rules.nodes import Expr
from contracts_app.domain.rules.ruleset import authored_rule, optional_fields
from contracts_app.domain.rules.scan import RuleError
from contracts_app.domain.rules.strength import follows

PATH = "slos.accuracy_rules"


@dataclass(frozen=True, slots=True)
class _Rule:
    """An accuracy rule of one version, with its tree where it can be read; `passes_null` names optional fields."""

    text: str
    name: str
    line: int
    families: Mapping[str, str]
    tree: Expr | None = None
    passes_null: frozenset[str] = frozenset()

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(nodes.fields_of(self.tree)) if self.tree else frozenset()

    @property
    def says(self) -> object:
        """Equal for two spellings of the same rule."""
        return key(self.tree) if self.tree else " ".join(self.text.split())

    def promises(self, other: _Rule) -> bool:
        """Whether every row that passes this rule provably passes the other.

        Looked at are rows where the optional fields that let the other pass have a value; more fields that let this
        one pass would prove nothing of such a row. Both rules are read with this version's types.
        """
        if self.tree is None or other.tree is None or not self.passes_null <= other.passes_null:
            return False
        if not other.fields <= self.families.keys():
            return False
        try:
            types.check(other.tree, self.families)
        except RuleError:
            return False  # a field that it speaks about has another type here
        return follows(other.tree, [self.tree], self.families)


def rules(old: Document, new: Document) -> Iterator[Change]:
    """Every change of the accuracy rules."""
    before, after = ({rule.text for rule in each.rules} for each in (old, new))
    gone, come = _read(old, before - after), _read(new, after - before)
    kept = {rule.says for rule in gone} & {rule.says for rule in come}
    gone, come = ([rule for rule in each if rule.says not in kept] for each in (gone, come))
    named, gone, come = _pairs(gone, come, lambda rule: rule.name)
    alike, gone, come = _pairs(gone, come, lambda rule: rule.fields)
    for one, other in named + alike:
        yield _changed(one, other)
    line = line_of(new, "slos")
    for rule in gone:
        yield change(PATH, "rule.removed", f"The rule `{rule.text[:80]}` is gone.", line, old=rule.text)
    for rule in come:
        yield change(PATH, "rule.added", f"The rule `{rule.text[:80]}` is new.", rule.line, new=rule.text)


def _read(document: Document, texts: Collection[str]) -> list[_Rule]:
    """The rules written so; one that cannot be read is compared by its text, and lint says what is wrong with it."""
    chosen = [rule for rule in document.rules if rule.text in texts]
    families, optional = (document.families(), optional_fields(document)) if chosen else ({}, set())
    return [_rule(rule, families, optional) for rule in chosen]


def _rule(rule: RuleText, families: dict[str, str], optional: set[str]) -> _Rule:
    try:
        row = authored_rule(rule, families, optional)
    except RuleError:
        return _Rule(rule.text, rule.name, rule.spot.line, families)
    return _Rule(rule.text, rule.name, rule.spot.line, families, row.tree, frozenset(row.passes_null))


def _pairs(
    gone: list[_Rule], come: list[_Rule], mark: Callable[[_Rule], Hashable]
) -> tuple[list[tuple[_Rule, _Rule]], list[_Rule], list[_Rule]]:
    """Rules with the same mark, each with the first that is still free, and those that are left on either side."""
    waiting: dict[Hashable, list[_Rule]] = {}
    for rule in reversed(come):
        waiting.setdefault(mark(rule), []).append(rule)
    pairs: list[tuple[_Rule, _Rule]] = []
    left: list[_Rule] = []
    for rule in gone:
        twins = waiting.get(mark(rule)) if mark(rule) else None
        if twins:
            pairs.append((rule, twins.pop()))
        else:
            left.append(rule)
    taken = {id(twin) for _, twin in pairs}
    return pairs, left, [rule for rule in come if id(rule) not in taken]


def _changed(old: _Rule, new: _Rule) -> Change:
    kind, said = {
        (True, True): ("text.changed", "The rule is written otherwise and says the same"),
        (True, False): ("rule.stronger", "The rule is stronger"),
        (False, True): ("rule.weaker", "The rule is weaker"),
        (False, False): ("rule.changed", "The rule changed, and neither way can be proved"),
    }[new.promises(old), old.promises(new)]
    said = f"{said}: `{old.text[:80]}` became `{new.text[:80]}`."
    return change(PATH, kind, said, new.line, old=old.text, new=new.text)
