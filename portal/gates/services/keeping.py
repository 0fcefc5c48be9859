"""What a run touched, kept with the assets that its names mean now."""

from __future__ import annotations

from portal.gates.models import GateRun, Touched
from portal.gates.selectors.facts import Case


def keep_touched(run: GateRun, case: Case) -> None:
    """One row for each thing that the job writes or reads."""
    sides = ((Touched.Role.WRITES, case.writes), (Touched.Role.READS, case.reads))
    Touched.objects.bulk_create(
        Touched(
            run=run,
            role=role,
            asset=touched.asset,
            label=touched.subject.label[:1700],
            contract=touched.subject.contract[:100],
            version=touched.subject.version[:60],
        )
        for role, all_touched in sides
        for touched in all_touched
    )
