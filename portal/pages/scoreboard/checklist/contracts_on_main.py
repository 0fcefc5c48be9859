"""All contracts of tier 1 on main are the signed ones: commit and hash, compared asset by asset."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.pages.scoreboard.points import Done, Point
from portal.pages.scoreboard.registry import point


@point("contracts_on_main", title="The contracts on main are the signed ones", order=10)
def contracts_on_main(day: Any, at: datetime) -> Point:
    """Done where every tier-1 asset's signed hash is that of its file on main."""
    del at
    url, label = reverse("scoreboard:main"), "Compare each asset"
    found = day.facts.get("main") if day else None
    if not found or not found["total"]:
        return Point(Done.NOT_MEASURED, "No asset of tier 1 was counted yet.", url=url, label=label)
    if found["same"] == found["total"]:
        text = f"All {found['total']} tier-1 assets: the hash on main is the signed one."
        return Point(Done.DONE, text, day.counted_at, url, url, label)
    lacks = (("unsigned", "without a signed contract"), ("differ", "differ from main"),
             ("unseen", "never shown by a gate run from main"))  # fmt: skip
    said = ", ".join(f"{found[key]} {words}" for key, words in lacks if found[key])
    text = f"{found['same']} of {found['total']} tier-1 assets are the same on main; {said}."
    return Point(Done.NOT_DONE, text, day.counted_at, url, url, label)
