"""Gate 1: no contract, no prod."""

from __future__ import annotations

from collections.abc import Iterator

from portal.gates.domain import contracts
from portal.gates.domain.contracts import Seen
from portal.gates.domain.verdict import Found
from portal.gates.registry import gate
from portal.gates.selectors.facts import Case


@gate(key="contract", title="No contract, no prod", order=10)
def no_contract_no_prod(case: Case) -> Iterator[Found]:
    """Each output under a signed contract of this hash, none left out; each input's version still in force."""
    for touched in case.writes:
        yield contracts.written(touched.subject, touched.under)
    for touched in case.reads:
        yield contracts.read(touched.subject, touched.under)
    yield from contracts.left_out(_seen(case), case.covered, case.question.file or "custody.yaml")


def _seen(case: Case) -> list[Seen]:
    """What lineage saw the job write within seven days, and what this CI run's own events say."""
    lately = [Seen(one.name, case.key_of(one.asset_id), f"{one.at:%Y-%m-%d %H:%M} UTC") for one in case.outputs_seen]
    told = {name for run in case.told for name in run.outputs} - {one.name for one in lately}
    return [*lately, *(Seen(name, "", "this CI run") for name in sorted(told))]
