"""What three probes say about one system, and what all systems say together.

A subject is looked for in three ways, before and after: a logical query, a format-aware decode, and a raw
scan of the bytes. Eleven of thirteen stores still hold the subject on disk after their plain delete call, and
a raw scan alone misses compressed files, so neither counts for the other. Pure: the table below is the
promise that a proof makes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Verdict(StrEnum):
    """From the weakest to the strongest: the headline of a proof follows the weakest."""

    FAILED = "failed"
    NOT_PROBED = "not_probed"
    EXEMPT = "exempt"
    RESIDUAL = "residual"
    NO_BASELINE = "no_baseline"
    ERASED = "erased"


STRENGTH = {verdict: rank for rank, verdict in enumerate(Verdict)}
STATUS = {
    Verdict.FAILED: "failed",
    Verdict.NOT_PROBED: "not_probed",
    Verdict.EXEMPT: "exempt",
    Verdict.RESIDUAL: "tombstoned",
    Verdict.NO_BASELINE: "not_found",
    Verdict.ERASED: "deleted",
}
PHYSICAL = ("decoded", "raw")
PROBES = ("logical", *PHYSICAL)


@dataclass(frozen=True)
class Probe:
    """Hits before and after; None where the probe did not run, with the reason why."""

    before: int | None
    after: int | None
    reason: str = ""

    @property
    def ran(self) -> bool:
        return self.after is not None


@dataclass(frozen=True)
class Residual:
    """A copy outside the live data that goes later (log, snapshot, replica, backup).

    `expires_on` None means nobody knows when; `hits` is what a scan of that place found, None where none could run;
    `covers` names the probes whose hits are this copy's bytes (versions inside a table's own files).
    """

    where: str
    expires_on: date | None
    hits: int | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """The verdict on one system, in a word and a sentence; `until` for a residual."""

    verdict: Verdict
    sentence: str
    until: date | None = None

    @property
    def status(self) -> str:
        return STATUS[self.verdict]


def judge(probes: Mapping[str, Probe], residuals: Iterable[Residual] = (), *, exemption: str = "") -> Judgement:
    """The verdict on one system from its probes (keys `logical`, `decoded`, `raw`) and its declared
    residuals.

    >>> clean = Probe(before=1, after=0)
    >>> judge({"logical": clean, "decoded": clean, "raw": clean}).status
    'deleted'
    """
    left = tuple(residuals)
    if exemption:
        return Judgement(Verdict.EXEMPT, f"Exempt: {exemption}")
    logical = probes.get("logical")
    if logical is None or not logical.ran:
        return _not_probed("logical", logical)
    if logical.after:
        return Judgement(Verdict.FAILED, f"The logical query still finds {logical.after}.")
    return _judge_bytes(probes, left)


def _judge_bytes(probes: Mapping[str, Probe], declared: tuple[Residual, ...]) -> Judgement:
    hits = [name for name in PHYSICAL if name in probes and probes[name].after]
    left = tuple(each for each in declared if each.hits != 0)
    if not hits and _nothing_before(probes):
        return Judgement(Verdict.NO_BASELINE, "Not found here before the deletion either: nothing is attested.")
    covered = {name for each in left for name in each.covers}
    if uncovered := [name for name in hits if name not in covered]:
        return Judgement(Verdict.FAILED, f"The {' and '.join(uncovered)} probe still finds the subject.")
    if unbounded := [each.where for each in left if each.expires_on is None]:
        return Judgement(Verdict.FAILED, f"A copy has no known end: {', '.join(unbounded)}.")
    if silent := [name for name in PHYSICAL if name not in probes or not probes[name].ran]:
        return _not_probed(silent[0], probes.get(silent[0]))
    if left:
        until = max(each.expires_on for each in left if each.expires_on)
        return Judgement(Verdict.RESIDUAL, f"Gone from use; the last copy expires by {until}.", until)
    return Judgement(Verdict.ERASED, "Clean on every declared probe.")


def _nothing_before(probes: Mapping[str, Probe]) -> bool:
    return probes["logical"].before == 0 and not any(probe.before for probe in probes.values())


def _not_probed(name: str, probe: Probe | None) -> Judgement:
    reason = probe.reason if probe else "this system declares no such probe"
    return Judgement(Verdict.NOT_PROBED, f"The {name} probe did not run: {reason or 'no reason was given'}.")


def completes(judgement: Judgement, *, accepted_unprobed: bool = False) -> bool:
    """Whether this system lets the request complete; `accepted_unprobed` is what the approver signed for."""
    if judgement.verdict is Verdict.FAILED:
        return False
    return judgement.verdict is not Verdict.NOT_PROBED or accepted_unprobed


def weakest(judgements: Iterable[Judgement]) -> Verdict:
    """The weakest verdict of all systems; a proof without systems found nothing.

    >>> weakest([]).value
    'no_baseline'
    """
    return min((each.verdict for each in judgements), key=STRENGTH.__getitem__, default=Verdict.NO_BASELINE)


def headline(judgements: Iterable[Judgement]) -> str:
    """One sentence that claims no more than the weakest system allows."""
    each = tuple(judgements)
    dates = [item.until for item in each if item.until]
    sentences = {
        Verdict.FAILED: "Not complete: at least one system still holds data of the subject.",
        Verdict.NOT_PROBED: "Deleted, but not shown in every system: at least one could not be probed.",
        Verdict.EXEMPT: "Deleted, except where the law keeps the data.",
        Verdict.RESIDUAL: f"Deleted from use; the last copies expire by {max(dates, default=None)}.",
        Verdict.NO_BASELINE: "Nothing to delete was found in at least one system; nothing is left in any.",
        Verdict.ERASED: "Deleted, and shown to be gone from every system.",
    }
    verdict = weakest(each)
    if all(item.verdict is Verdict.NO_BASELINE for item in each):
        return "Not found: no system held data of this subject, so nothing was deleted."
    return sentences[verdict]
