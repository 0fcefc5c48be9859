"""Every tier-1 asset, vector indexes included, is under a contract in force that bears every signature it needs."""

from __future__ import annotations

from datetime import datetime

from contracts_app.selectors.coverage import coverage_figure, coverage_steps, governed_assets
from portal.core.identity.roles import Role
from portal.pages.scoreboard.figures import LISTED, Figure, Gap, share
from portal.pages.scoreboard.registry import target


@target(
    "contracts",
    title="Signed contracts of tier 1",
    goal="100 %",
    order=10,
    line=100,
    owner=Role.HEAD_OF_DATA,
    workstream="data-contracts-tier-1",
    alert="Letter to the head of data on the day the target is lost; a deployment without a contract fails its gate.",
    runbook=(
        "Open the list of what is missing: each asset says its next step and who has to take it.",
        "No contract yet: write one, or import the live table, and propose it.",
        "Proposed: remind the roles that have not signed; the approval queue lists them.",
        "Lost a contract that was there: see the asset's history for the retirement or the voided signature.",
    ),
    source="contracts:coverage?tier=1&standing=missing",
)
def contracts(at: datetime) -> Figure:
    """Tier-1 assets under contract, and for each other one its next step."""
    del at  # coverage of contracts is a fact of now
    found = coverage_figure(governed_assets(tier="1"))
    missing = governed_assets(tier="1", standing="missing")[:LISTED]
    gaps = [Gap(row.asset.key, row.step, row.url, row.label) for row in coverage_steps(missing)]
    return share(
        found.covered, found.total, goal=100, gaps=gaps, note="" if found.total else "No asset of tier 1 is known yet."
    )
