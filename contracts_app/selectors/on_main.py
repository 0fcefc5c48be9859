"""Whether the contract that is signed is the one on main: hash and commit compared for each tier-1 asset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Q, QuerySet

from contracts_app.models import MainFile, Version
from contracts_app.selectors.coverage import Covered, coverage_steps, governed_assets, in_force


@dataclass(frozen=True, slots=True)
class Compared:
    """One asset: its coverage with the next step, and the file of its contract as main has it, if a gate saw it."""

    covered: Covered
    main: MainFile | None

    @property
    def same(self) -> bool:
        """The signed version is what main has."""
        version = self.covered.version
        return self.covered.covered and self.main is not None and self.main.digest == getattr(version, "digest", "")

    @property
    def mark(self) -> tuple[str, str]:
        """The state as word and kind."""
        if not self.covered.covered:
            return "Not signed", "bad"
        if self.main is None:
            return "Not compared", "off"
        return ("Same", "ok") if self.same else ("Differs", "bad")


def tier_one_on_main() -> QuerySet[Any]:
    """Tier-1 assets with `covered` (a fully signed version is in force), `same` (main has it) and `seen` on main."""
    seen = in_force().filter(contract__on_main__isnull=False)
    same = seen.filter(contract__on_main__digest=F("digest"))
    found = governed_assets(tier="1").annotate(seen=Exists(seen), same=Exists(same))
    return found.order_by("same", "covered", "seen", "namespace", "name")


def main_counts() -> dict[str, int]:
    """How many tier-1 assets there are, are unsigned, were never seen on main, differ from it, and are the same."""
    asked = {
        "total": Q(),
        "unsigned": Q(covered=False),
        "unseen": Q(covered=True, seen=False),
        "differ": Q(covered=True, seen=True, same=False),
        "same": Q(same=True),
    }
    counts = {f"n_{name}": Count("pk", filter=which) for name, which in asked.items()}
    found = tier_one_on_main().aggregate(**counts)
    return {name: found[f"n_{name}"] for name in asked}


def compared_with_main(shown: Iterable[Any]) -> list[Compared]:
    """The assets of one page with what main has of each, in a number of queries that does not grow with them."""
    rows = coverage_steps(shown)
    contracts = [row.version.contract_id for row in rows if isinstance(row.version, Version)]
    files = {each.contract_id: each for each in MainFile.objects.filter(contract__in=contracts)}
    return [Compared(row, files.get(row.version.contract_id) if row.version else None) for row in rows]
