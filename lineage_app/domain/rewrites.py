"""Namespace rewrites: an administrator's rules that make names join, whatever host or path a producer wrote.

OpenLineage takes a namespace from the store's address (openlineage.io/docs/spec/naming), so one store may come under
several: two hosts of a cluster, a file path on each machine. A rule holds a pattern and a replacement. `*` stands for
any characters, also none; a `*` of the replacement puts back what the star of the same number took. The first rule
that matches answers, once: a result is not rewritten again. No regular expressions, so that a pattern costs at most
its stars times the length of the name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec

from lineage_app.domain.events import Event, RawDataset, read_facets
from lineage_app.domain.names import NAME_CHARACTERS

MOST_RULES = 100
MOST_STARS = 4
LONGEST = 500
_NAMING = frozenset(
    {"symlinks", "columnLineage", "lineage", "lifecycleStateChange", "parent", "parentRun", "jobDependencies"}
)  # facets that name datasets or jobs; all others stay untouched


class RuleRefused(ValueError):
    """The rule cannot be used; the text says why and what to write instead."""


class Scope(StrEnum):
    """Whose namespaces a rule is for."""

    DATASET = "dataset"
    JOB = "job"
    BOTH = "both"


@dataclass(frozen=True)
class Rule:
    """One rule; `pattern` is matched against the whole namespace."""

    pattern: str
    replacement: str
    scope: Scope = Scope.BOTH

    def answer(self, namespace: str) -> str | None:
        """Return the new namespace, None where the rule does not match.

        >>> Rule("duckdb:///*/shop.duckdb", "duckdb://shop").answer("duckdb:///home/eva/shop.duckdb")
        'duckdb://shop'
        >>> Rule("postgres://*.internal:*", "postgres://*:*").answer("postgres://db.internal:5432")
        'postgres://db:5432'
        """
        taken = captured(self.pattern, namespace)
        if taken is None:
            return None
        head, *rest = self.replacement.split("*")
        new = head + "".join(text + part for text, part in zip(taken, rest, strict=False))
        return new if len(new) <= NAME_CHARACTERS else None

    def may_have_written(self, namespace: str) -> bool:
        """Whether `namespace` has the shape of this rule's results."""
        return captured(self.replacement, namespace) is not None


def captured(pattern: str, text: str) -> list[str] | None:
    """Return what each star of `pattern` takes of `text`, the earlier ones as little as they can; None for no match.

    >>> captured("s3://*-eu/*", "s3://raw-eu/day"), captured("s3://raw", "s3://raw"), captured("a*b", "ac")
    (['raw', 'day'], [], None)
    """
    head, *parts = pattern.split("*")
    if not parts:
        return [] if text == pattern else None
    if not text.startswith(head):
        return None
    taken, at = [], len(head)
    for part in parts[:-1]:
        found = text.find(part, at)
        if found < 0:
            return None
        taken.append(text[at:found])
        at = found + len(part)
    end = len(text) - len(parts[-1])
    return [*taken, text[at:end]] if end >= at and text.endswith(parts[-1]) else None


class Rules:
    """The rules in their order, with what they answered remembered."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules = tuple(rules)
        self._known: dict[tuple[Scope, str], str] = {}

    def __bool__(self) -> bool:
        return bool(self._rules)

    def __iter__(self) -> Any:
        return iter(self._rules)

    def dataset(self, namespace: str) -> str:
        """Return the namespace under which datasets of `namespace` are known."""
        return self._answer(Scope.DATASET, namespace)

    def job(self, namespace: str) -> str:
        """Return the namespace under which jobs of `namespace` are known."""
        return self._answer(Scope.JOB, namespace)

    def _answer(self, scope: Scope, namespace: str) -> str:
        key = scope, namespace
        if key not in self._known:
            answers = (rule.answer(namespace) for rule in self._rules if rule.scope in (scope, Scope.BOTH))
            self._known[key] = next((new for new in answers if new is not None), namespace)
        return self._known[key]


def check(rules: Iterable[Rule]) -> None:
    """Raise RuleRefused unless the rules are bounded and what they write stays as it is when read again.

    >>> check([Rule("prod*", "prod-eu*")])
    Traceback (most recent call last):
    lineage_app.domain.rewrites.RuleRefused: “prod-eu” would be rewritten again, to “prod-eu-eu”. Write the rules \
so that none matches what another writes.
    """
    listed = Rules(rules)
    if len(list(listed)) > MOST_RULES:
        raise RuleRefused(f"There may be {MOST_RULES} rules: take one away first, or join two by a star.")
    for rule in listed:
        _check_shape(rule)
    for rule in listed:
        for filling in ("", "x"):
            _check_stable(listed, rule, rule.replacement.replace("*", filling))


def _check_shape(rule: Rule) -> None:
    if not rule.pattern.strip("* ") or not rule.replacement.strip("* "):
        raise RuleRefused("Pattern and replacement need text beside their stars: else one rule would take every name.")
    if max(len(rule.pattern), len(rule.replacement)) > LONGEST:
        raise RuleRefused(f"A pattern or replacement may have {LONGEST} characters: shorten it by a star.")
    if rule.pattern.count("*") > MOST_STARS:
        raise RuleRefused(f"A pattern may have {MOST_STARS} stars: write some of the name out.")
    if rule.replacement.count("*") > rule.pattern.count("*"):
        raise RuleRefused(
            "The replacement has more stars than the pattern: each puts back what one of the pattern took."
        )


def _check_stable(rules: Rules, rule: Rule, written: str) -> None:
    scopes = [rules.dataset] if rule.scope is not Scope.JOB else []
    scopes += [rules.job] if rule.scope is not Scope.DATASET else []
    for read in scopes:
        if (again := read(written)) != written:
            raise RuleRefused(
                f"“{written}” would be rewritten again, to “{again}”. "
                "Write the rules so that none matches what another writes."
            )


def rewritten(event: Event, rules: Rules) -> Event:
    """Return `event` with every namespace, also those inside its facets, as the rules say; its subject stays."""
    if not rules:
        return event
    job, run = event.job, event.run
    if job is not None:
        job = msgspec.structs.replace(job, namespace=rules.job(job.namespace), facets=_facets(job.facets, rules))
    if run is not None:
        run = msgspec.structs.replace(run, facets=_facets(run.facets, rules))
    inputs = tuple(_dataset(item, rules) for item in event.inputs)
    return replace(
        event, job=job, run=run, inputs=inputs, outputs=tuple(_dataset(item, rules) for item in event.outputs)
    )


def _dataset(item: RawDataset, rules: Rules) -> RawDataset:
    return msgspec.structs.replace(item, namespace=rules.dataset(item.namespace), facets=_facets(item.facets, rules))


def _facets(raw: msgspec.Raw, rules: Rules) -> msgspec.Raw:
    found = read_facets(raw)
    named = {key: _walk(facet, rules) for key, facet in found.items() if key in _NAMING}
    changed = {key: facet for key, facet in named.items() if facet != found[key]}
    return msgspec.Raw(msgspec.json.encode({**found, **changed})) if changed else raw


def _walk(value: Any, rules: Rules, *, job: bool = False) -> Any:
    """Rewrite each {namespace, name} inside a facet; those under `job` or of the type JOB are jobs."""
    if isinstance(value, list):
        return [_walk(item, rules, job=job) for item in value]
    if not isinstance(value, dict):
        return value
    job = job or value.get("type") == "JOB"
    found = {key: _walk(item, rules, job=key == "job") for key, item in value.items()}
    if isinstance(found.get("namespace"), str) and isinstance(found.get("name"), str):
        found["namespace"] = (rules.job if job else rules.dataset)(found["namespace"])
    return found
