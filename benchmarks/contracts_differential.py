"""Our consumer grade against `datacontract-cli breaking` on generated pairs of contracts: never laxer.

Every pair is written in both formats from one description. First each kind of edit alone, then several at once; the
grades are compared field by field, rule set, completeness and freshness apart. The seed is fixed and printed, so that
a disagreement can be looked at again.

    python -m benchmarks.contracts_differential [seed]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from benchmarks.peers.datacontract_cli import TITLE, Warm
from benchmarks.peers.environment import PeerMissing
from benchmarks.report import report
from benchmarks.twins.agreement import TABLE, Agreement
from benchmarks.twins.edits import EDITS, generated
from benchmarks.twins.write import house, odcs
from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.document import load

SEED, ALONE, TOGETHER = 20_261_122, 4, 60
RANK = {"none": 0, "tightens": 0, "undetermined": 1, "loosens": 2, "both": 2}
PEER_RANK = {"info": 0, "warning": 1, "error": 2}
CANNOT_SAY = PEER_RANK["warning"]
PROVED = "a rule's text is all they see; ours is proved stronger, over sets of values (domain/rules/strength.py)"
WORDS = ("passes", "cannot say", "breaks")
# Where ours may be laxer: the kind of edit, and the reason.
EXCEPTIONS = {
    "enum value added, set declared open": "`open: true` told consumers that the set may grow; ODCS cannot say it",
}


@dataclass(frozen=True)
class Pair:
    """Two versions, and the kinds of edits between them."""

    kinds: tuple[str, ...]
    old: Agreement
    new: Agreement

    @property
    def label(self) -> str:
        return self.kinds[0] if len(self.kinds) == 1 else "several edits"


@dataclass(frozen=True)
class Verdict:
    """What both sides say about one part of one pair."""

    pair: Pair
    part: str
    ours: int
    theirs: int
    proved: bool = False

    @property
    def excuse(self) -> str:
        """Why ours may be laxer here, or nothing."""
        if self.proved and self.theirs == CANNOT_SAY:
            return PROVED
        return EXCEPTIONS.get(self.pair.label, "")


def main() -> int:
    """Exit 1 where ours is laxer without a documented exception, 2 where the peer cannot be asked."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
    pairs = list(_pairs(Random(seed)))
    try:
        with Warm() as warm:
            verdicts = [verdict for pair in pairs for verdict in _judged(pair, warm)]
    except PeerMissing as error:
        print(error)
        return 2
    print(f"seed {seed}: {len(pairs)} pairs, {len(EDITS)} kinds of edits, {len(verdicts)} parts graded by both")
    _show("ours is stricter", [v for v in verdicts if v.ours > v.theirs])
    laxer = [v for v in verdicts if v.ours < v.theirs]
    _show("OURS IS LAXER", laxer)
    bare = [v for v in laxer if not v.excuse]
    stricter = sum(v.ours > v.theirs for v in verdicts)
    detail = f"seed {seed}, {len(pairs)} pairs of {len(EDITS)} kinds; the same grade in "
    detail += f"{len(verdicts) - stricter - len(laxer)}, stricter in {stricter}, laxer in {len(laxer)}"
    against = f"`breaking` of {TITLE}, consumer, schema, quality and freshness"
    return report("contract changes graded laxer", len(bare), limit=0, unit="parts", against=against, detail=detail)


def _pairs(rng: Random) -> Iterator[Pair]:
    """ALONE pairs of every kind of edit, then TOGETHER pairs of two to five."""
    for kind in EDITS:
        yield from islice(_drawn(rng, [kind], 1, 1), ALONE)
    yield from islice(_drawn(rng, sorted(EDITS.keys() - EXCEPTIONS.keys()), 2, 5), TOGETHER)


def _drawn(rng: Random, kinds: list[str], least: int, most: int) -> Iterator[Pair]:
    """Pair after pair with `least` to `most` edits of these kinds, where they fit together."""
    while True:
        pair = _edited(rng, tuple(rng.sample(kinds, rng.randint(least, most))))
        if pair is not None:
            yield pair


def _edited(rng: Random, kinds: tuple[str, ...]) -> Pair | None:
    """A new contract and its next version; None where an edit finds nothing, or leaves what lint refuses."""
    old = generated(rng)
    new: Agreement | None = old
    for kind in kinds:
        new = EDITS[kind](rng, new) if new else None
    fine = new is not None and load(house(old)).ok and load(house(new)).ok
    return Pair(kinds, old, new) if fine and new else None


def _judged(pair: Pair, warm: Warm) -> Iterator[Verdict]:
    loaded = [load(house(side)) for side in (pair.old, pair.new)]
    changes = compare_loaded(*loaded).changes
    rules = {change.kind for change in changes if _our_part(change.path) == "rules"}
    ours: dict[str, int] = {}
    for change in changes:
        _keep(ours, _our_part(change.path), RANK[change.consumer])
    theirs: dict[str, int] = {}
    for entry in warm.ask(do="breaking", old=odcs(pair.old), new=odcs(pair.new))["entries"]:
        _keep(theirs, _peer_part(entry["path"]), PEER_RANK[entry["level"]])
    for part in sorted(ours.keys() | theirs.keys()):
        proved = part == "rules" and "rule.stronger" in rules
        yield Verdict(pair, part, ours.get(part, 0), theirs.get(part, 0), proved)


def _keep(grades: dict[str, int], part: str, rank: int) -> None:
    grades[part] = max(rank, grades.get(part, 0))


def _our_part(path: str) -> str:
    """`schema.amount.min` and everything below is the field `amount`."""
    named = {"slos.accuracy_rules": "rules", "slos.completeness_pct": "complete", "slos.freshness_minutes": "fresh"}
    steps = path.split(".")
    return f"field {steps[1]}" if steps[0] == "schema" else named.get(".".join(steps[:2]), path)


def _peer_part(path: str) -> str:
    steps = path.split(".")
    if steps[0] == "slaProperties":
        return "fresh"
    if steps[:2] != ["schema", TABLE]:
        return path
    if "quality" in steps:
        return "complete" if "properties" in steps else "rules"
    return f"field {steps[3]}" if steps[2:3] == ["properties"] else path


def _show(title: str, verdicts: list[Verdict]) -> None:
    """Every kind of disagreement with its count and one example."""
    counts: Counter[tuple[str, int, int]] = Counter((v.pair.label, v.ours, v.theirs) for v in verdicts)
    print(f"{title}: {len(verdicts)}")
    for (label, ours, theirs), count in sorted(counts.items()):
        example = next(v for v in verdicts if (v.pair.label, v.ours, v.theirs) == (label, ours, theirs))
        why = f" (documented: {example.excuse})" if ours < theirs and example.excuse else ""
        print(f"  {count:3} x {label}: ours {WORDS[ours]}, theirs {WORDS[theirs]}, e.g. {_said(example)}{why}")


def _said(verdict: Verdict) -> str:
    kinds: Any = "" if len(verdict.pair.kinds) == 1 else f" after {', '.join(verdict.pair.kinds)}"
    return f"{verdict.part}{kinds}"


if __name__ == "__main__":
    sys.exit(main())
