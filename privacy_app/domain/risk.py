"""What makes a deletion plan one of high risk, which the head of data signs too: rules as data.

An organisation chooses which rules are in force and how many rows are many (settings); the rules are here. The reasons
are frozen into the plan when it is submitted, so they are part of what both people sign. Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

ROWS = 10_000


@dataclass(frozen=True)
class Facts:
    """What the rules look at: rows to erase, datasets by what their purge does, tier 1, and links followed by hand."""

    rows: int = 0
    most_rows: int = ROWS
    exclusive: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    tier_1: tuple[str, ...] = ()
    shared: int = 0


@dataclass(frozen=True)
class Rule:
    """One rule: its name, what it is called in a list, and its sentence where it applies (else empty)."""

    name: str
    words: str
    says: Callable[[Facts], str]


def _many_rows(facts: Facts) -> str:
    return f"{facts.rows} rows are erased, more than {facts.most_rows}." if facts.rows > facts.most_rows else ""


def _shared(facts: Facts) -> str:
    return f"{facts.shared} links that several people may share were followed by hand." if facts.shared else ""


def _named(words: str, of: Callable[[Facts], tuple[str, ...]]) -> Callable[[Facts], str]:
    return lambda facts: f"{words}: {', '.join(of(facts))}." if of(facts) else ""


def _tier_1_purged(facts: Facts) -> tuple[str, ...]:
    return tuple(name for name in facts.tier_1 if name in facts.exclusive or name in facts.history)


RULES = (
    Rule("many_rows", "more rows than usual", _many_rows),
    Rule("shared_identifier", "a link that several people may share", _shared),
    Rule("exclusive_purge", "a purge that stops readers", _named("A purge stops readers of", lambda f: f.exclusive)),
    Rule("history_purge", "a purge that destroys history", _named("A purge destroys history of", lambda f: f.history)),
    Rule("tier_1", "an asset of tier 1", _named("Assets of tier 1 are changed", lambda f: f.tier_1)),
    Rule("tier_1_purge", "such a purge of tier 1", _named("A purge of tier 1 stops or loses", _tier_1_purged)),
)
NAMES = tuple(rule.name for rule in RULES)
IN_FORCE = ("many_rows", "shared_identifier")
"""By default: what is unusual in itself. The others would send every deletion from an index to one desk."""


def reasons(facts: Facts, in_force: Iterable[str] = IN_FORCE) -> list[dict[str, str]]:
    """The rules that apply, each with its sentence, in the order of RULES; empty for an ordinary plan.

    >>> reasons(Facts(rows=20_000))
    [{'rule': 'many_rows', 'sentence': '20000 rows are erased, more than 10000.'}]
    """
    chosen = frozenset(in_force)
    said = ((rule.name, rule.says(facts)) for rule in RULES if rule.name in chosen)
    return [{"rule": name, "sentence": sentence} for name, sentence in said if sentence]


def check_rules(chosen: Iterable[str]) -> None:
    """Raise ValueError where a chosen rule does not exist: a rule that is misspelt would watch nothing."""
    if unknown := sorted(set(chosen) - set(NAMES)):
        raise ValueError(f"CUSTODY_HIGH_RISK_RULES names no rule: {', '.join(unknown)}. There are {', '.join(NAMES)}.")
