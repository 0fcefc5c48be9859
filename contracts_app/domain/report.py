"""The change report: for machines as `custody diff --format json` prints it, for people as Markdown in a merge request.

Everything that an author wrote is escaped: a value can neither mention a person, link anywhere nor end a table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contracts_app.domain.changes import BUMPS, GATES, NEEDS, Change
from contracts_app.domain.compare import Comparison, Verdict

_SPECIAL = re.compile(r"([\\*_\[\]()#|~!{}+-])")
_PROMISE = {"loosens": "weaker", "tightens": "stronger", "both": "other", "undetermined": "cannot tell", "none": "same"}
_DATA = {"loosens": "fits", "tightens": "may fail", "both": "may fail", "undetermined": "cannot tell", "none": "same"}
_HEAD = ("Where", "What changes", "Consumer", "Person", "Today's data", "Bump", "Gates")


class Hit(NamedTuple):
    """Somebody downstream, as lineage knows them: a dataset, who owns it and through what it is reached."""

    name: str
    owner: str = ""
    via: str = ""
    url: str = ""


def to_json(verdict: Comparison | Verdict, *, hit: Sequence[Hit] | None = None) -> str:
    """The verdict in the shape of `custody diff --format json`; `hit` adds who is downstream."""
    shape = {**verdict.as_dict(), "gates": _ordered(verdict.gates), "requires": sorted(verdict.requires)}
    if hit is not None:
        shape["hit"] = [each._asdict() for each in hit]
    return json.dumps(shape, indent=2, ensure_ascii=False)


def to_markdown(
    verdict: Comparison | Verdict, *, old: str = "", new: str = "", hit: Sequence[Hit] | None = None
) -> str:
    """A page that says the verdict first, then each change by perspective, the gates, who is hit and what to do next.

    `old` and `new` name the two versions; `hit` is None where nobody asked lineage.
    """
    title = f"# Change report: {_text(old)} to {_text(new)}" if old and new else "# Change report"
    blocks = [title, _verdict(verdict)]
    if verdict.changes:
        blocks += ["## Changes", _table(verdict.changes)]
        blocks += _section("What stands before it comes into force", _gates(verdict))
    if hit is not None:
        blocks += ["## Who is hit downstream", _hit(hit)]
    blocks += _section("What to do next", map(_text, next_steps(verdict)))
    return "\n\n".join(blocks) + "\n"


def next_steps(verdict: Comparison | Verdict) -> Iterator[str]:
    """What the author does next, one sentence each, in the order in which it is done."""
    if not verdict.ok:
        yield f"Set `version` to {verdict.needed_version} or above."
    leaving = ", ".join(one.path for one in verdict.changes if "D" in one.gates)
    if leaving:
        yield f"Deprecate {leaving} with a `removal_date` in a version of its own first, and wait for that date."
    for need in sorted(verdict.requires):
        paths = ", ".join(dict.fromkeys(one.path for one in verdict.changes if need in one.requires))
        yield f"Have ready for {paths}: {NEEDS[need]}."
    waivable = ", ".join(dict.fromkeys(one.path for one in verdict.changes if one.waivable))
    if waivable:
        yield f"Where waiting does harm, ask for a waiver of {waivable}, with a reason and an expiry."
    if verdict.ok and verdict.changes:
        yield "Propose the version in the portal; those named above sign it there."


def _verdict(verdict: Comparison | Verdict) -> str:
    if not verdict.changes and verdict.ok:
        return "**Passes.** Nothing changes for anybody."
    word = "Passes" if verdict.ok else "Fails"
    why = _text(verdict.refusal) or f"The version declares a {verdict.declared_bump} change, which is enough."
    counts = [(bump, sum(one.bump == bump for one in verdict.changes)) for bump in reversed(BUMPS)]
    said = ", ".join(f"{count} {bump}" for bump, count in counts if count)
    return f"**{word}.** {why} Required: **{verdict.required_bump}**. Changes: {said}."


def _table(changes: Sequence[Change]) -> str:
    rows = [_line(_HEAD), _line("---" for _ in _HEAD)]
    worst_first = sorted(changes, key=lambda one: -BUMPS.index(one.bump))
    return "\n".join([*rows, *(_line(_cells(one)) for one in worst_first)])


def _cells(one: Change) -> Iterator[str]:
    place = f" (line {one.line})" if one.line else ""
    yield f"{_text(one.path)}{place}"
    yield _text(one.message)
    yield from (_PROMISE[one.consumer], _PROMISE[one.subject], _DATA[one.producer])
    yield one.bump.upper() if one.bump == "major" else one.bump
    yield " ".join(one.gates) or "none"


def _line(cells: Sequence[str] | Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _gates(verdict: Comparison | Verdict) -> Iterator[str]:
    for gate in _ordered(verdict.gates):
        yield f"**{gate}**: {GATES[gate]}."


def _hit(hit: Sequence[Hit]) -> str:
    """As lineage knows it: what it has not seen is not claimed to be safe."""
    if not hit:
        return "Lineage has seen nobody downstream; that is no proof that there is nobody."
    rows = [_line(("Dataset", "Owner", "Through")), _line(["---"] * 3)]
    return "\n".join([*rows, *(_line([_text(each.name), _text(each.owner), _text(each.via)]) for each in hit)])


def _section(title: str, points: Iterator[str]) -> list[str]:
    lines = [f"- {point}" for point in points]
    return [f"## {title}", "\n".join(lines)] if lines else []


def _ordered(gates: set[str]) -> list[str]:
    return [gate for gate in GATES if gate in gates]


def _text(value: str) -> str:
    """One line of plain text in Markdown, whatever it holds.

    >>> _text("a|b <script> @all `x`")
    "a\\\\|b &lt;script&gt; &#64;all 'x'"
    """
    plain = " ".join(value.replace("`", "'").split())
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain).replace("@", "&#64;").replace("://", "&#58;//")
