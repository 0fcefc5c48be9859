"""What a run touched, kept with the assets that its names mean now."""

from __future__ import annotations

from portal.gates.models import GateRun, Touched
from portal.gates.selectors.facts import Case, Resolved


def keep_touched(run: GateRun, case: Case) -> None:
    """One row for each thing that the job writes or reads, and for each asset that it was seen to write besides."""
    rows = [_row(run, Touched.Role.WRITES, touched) for touched in case.writes]
    rows += [_row(run, Touched.Role.READS, touched) for touched in case.reads]
    seen = [one for one in case.outputs_seen if one.asset_id and case.key_of(one.asset_id) not in case.covered]
    rows += [Touched(run=run, role=Touched.Role.SEEN, asset_id=one.asset_id, label=one.name[:1700]) for one in seen]
    Touched.objects.bulk_create(rows)


def _row(run: GateRun, role: str, touched: Resolved) -> Touched:
    subject = touched.subject
    return Touched(
        run=run,
        role=role,
        asset=touched.asset,
        label=subject.label[:1700],
        contract=subject.contract[:100],
        version=subject.version[:60],
    )
