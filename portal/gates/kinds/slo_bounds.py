"""Gate 4: what the job reads is within its bounds, the throttle lets it, and what it writes has error budget left."""

from __future__ import annotations

from collections.abc import Iterator

from portal.gates.domain import levels
from portal.gates.domain.levels import Level, Spent, Throttled
from portal.gates.domain.verdict import Found
from portal.gates.registry import gate
from portal.gates.selectors.facts import Case
from slo_app.selectors import budgets_of, decision, standings_of

BAD = frozenset({"FIRING", "ACKNOWLEDGED", "PENDING", "OFF_TARGET"})
GOOD = frozenset({"ON_TARGET"})


@gate(key="slo", title="SLO", order=40)
def slo_bounds(case: Case) -> Iterator[Found]:
    """Accuracy and drift of each input, what the throttle tells the job of it, and the budgets of each output."""
    file = case.question.file or "custody.yaml"
    bounds, budgets = _bounds(case), _budgets(case)
    for touched in case.reads:
        key = touched.asset.key if touched.asset else ""
        yield from levels.inputs(touched.subject, key, bounds.get(key, []), file)
        if (held := _throttled(case, key)) is not None:
            yield from levels.throttled(touched.subject, held, file)
    for touched in case.writes:
        if touched.asset:
            yield from levels.outputs(touched.subject, budgets.get(touched.asset.key, []), file)


def _bounds(case: Case) -> dict[str, list[Level]]:
    found: dict[str, list[Level]] = {}
    for row in standings_of(touched.asset.pk for touched in case.reads if touched.asset):
        if row.slo.kind in levels.WATCHED:
            stands = row.standing.name
            known = stands in BAD | GOOD
            value = (
                f"{row.value} {row.unit}, promised {row.slo.target}".replace(" ,", ",") if known and row.value else ""
            )
            level = Level(row.slo.asset.key, str(row.slo), row.standing.word, stands in BAD, known, value)
            found.setdefault(level.key, []).append(level)
    return found


def _throttled(case: Case, key: str) -> Throttled | None:
    """What the throttle tells the job; nothing for one that lineage does not know yet: the gate of lineage asks."""
    told = decision(key, case.question.job) if key else None
    if told is None or not told.hops:
        return None
    why = " ".join(str(reason["text"]) for reason in told.reasons)
    return Throttled(key, told.denied, told.answer.rate_factor, why, told.answer.unknown)


def _budgets(case: Case) -> dict[str, list[Spent]]:
    found: dict[str, list[Spent]] = {}
    for slo, budget in budgets_of(touched.asset.pk for touched in case.writes if touched.asset):
        if budget.left is not None:
            left = Spent(slo.asset.key, str(slo), 100 * float(budget.left), slo.freezes, slo.budget_days)
            found.setdefault(slo.asset.key, []).append(left)
    return found
