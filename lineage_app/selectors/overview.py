"""The first screen of lineage: what waits for somebody, and the newest runs; nothing here counts what is many."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from lineage_app.models import Run
from lineage_app.selectors import lists
from lineage_app.selectors.latest_coverage import latest_share
from lineage_app.selectors.tallies import totals
from lineage_app.selectors.watch import open_findings

SHOWN = 20
LAST_PAGE = 50
LOOKED_AT = 1_000
"""Newest runs among which the latest of each job is looked for."""


@dataclass(frozen=True)
class Waits:
    """One thing that waits: a number with its words, how bad it is (ok, warn, bad), and where it is worked on.

    `at` says as of when it was counted, where that is not now.
    """

    title: str
    text: str
    state: str
    word: str
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class RunPage:
    """Some of the newest runs; nobody counts them all."""

    runs: tuple[Run, ...]
    number: int
    more: bool

    @property
    def newer(self) -> int:
        """The page before, 0 on the first."""
        return self.number - 1

    @property
    def older(self) -> int:
        """The page after, 0 on the last that is shown."""
        return self.number + 1 if self.more and self.number < LAST_PAGE else 0


def newest_runs(page: int) -> RunPage:
    """Return page number `page` of the runs, the latest event first; pages go to LAST_PAGE."""
    number = min(max(page, 1), LAST_PAGE)
    start = (number - 1) * SHOWN
    found = list(lists.recent_runs()[start : start + SHOWN + 1])
    return RunPage(tuple(found[:SHOWN]), number, len(found) > SHOWN)


def newest_of_jobs() -> RunPage:
    """Return the latest run of each job, of those among the LOOKED_AT newest runs; the latest event first."""
    latest: dict[int | None, int] = {}
    for pk, job in lists.recent_runs().values_list("pk", "job")[:LOOKED_AT]:
        latest.setdefault(job, pk)
    pks = list(latest.values())[:SHOWN]
    return RunPage(tuple(lists.recent_runs().filter(pk__in=pks)), 1, more=False)


def what_waits(at: datetime) -> list[Waits]:
    """Return what somebody should look at, as of now, each with its page."""
    return [_coverage(at), _findings(at), _events(), _unclaimed()]


def _coverage(at: datetime) -> Waits:
    share, kept_at = latest_share(at)
    if not share.total:
        return Waits("Coverage", "No tier-1 flow is declared", "warn", "Unknown", reverse("lineage:flows"))
    text = f"{share.covered} of {share.total} declared hops were seen in the last 7 days"
    good = share.covered == share.total
    url = reverse("lineage:coverage")
    return Waits("Coverage", text, "ok" if good else "warn", f"{share.percent} %", url, kept_at)


def _findings(at: datetime) -> Waits:
    number = lists.counted(open_findings(at=at))
    text = f"{_said(number)} run{'' if number == 1 else 's'} stuck or missing"
    return Waits("Runs", text, *(("bad", "Look") if number else ("ok", "None open")), url=reverse("lineage:findings"))


def _events() -> Waits:
    known, failed = totals(), lists.counted(lists.failed_events())
    text = f"{known['kept']:,} kept, {known['refused']:,} refused, {known['waiting']:,} waiting, {_said(failed)} failed"
    waiting = ("wait", "Projecting") if known["waiting"] else ("ok", "Up to date")
    return Waits("Events", text, *(("bad", "Failed") if failed else waiting), url=reverse("lineage:producers"))


def _unclaimed() -> Waits:
    number = lists.counted(lists.unclaimed_datasets())
    text = f"{_said(number)} dataset{'' if number == 1 else 's'} without an owner"
    return Waits("Owners", text, *(("warn", "Claim") if number else ("ok", "All claimed")), url="#unclaimed")


def _said(number: int) -> str:
    return f"more than {lists.COUNTED:,}" if number > lists.COUNTED else f"{number:,}"
