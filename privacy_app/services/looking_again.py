"""One look at one step's dataset, after the proof: by the identifiers while they exist, else by their tokens."""

from dataclasses import asdict, dataclass
from typing import Any

from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from privacy_app.domain.verdict import Judgement, Probe, Verdict, judge
from privacy_app.models import Step
from privacy_app.services import listing, machinery, own_lineage

TOKENS_ONLY = "Compared by token with a logical query; its files can no longer be searched, since the key is destroyed."


@dataclass(frozen=True)
class Look:
    """What was seen in one dataset: `hits` None where it could not be asked, `retry` where asking again may help."""

    system: str
    dataset: str
    hits: int | None
    sentence: str
    retry: bool = False
    skipped: bool = False
    """There was nothing to look for: kept by law, or done by hand."""

    def kept(self) -> dict[str, Any]:
        """As the recheck's row keeps it."""
        return asdict(self)


def by_identifier(step: Step) -> Look | None:
    """Ask with all three probes; None for the portal's own record of the request."""
    if special := _special(step):
        return special
    if step.is_portal:
        return _lineage(step) if step.kind == own_lineage.KIND else None
    try:
        return _judged(step)
    except connectors.ConnectorError as error:
        return Look(step.system_name, step.dataset, None, str(error)[:300], retry=True)


def by_token(step: Step) -> Look | None:
    """Compare what the system lists with the request's tokens; None for the portal itself."""
    if special := _special(step):
        return special
    if step.is_portal:
        return None
    tokens = list(step.request.suppressions.filter(until__gt=now()).values_list("token", flat=True))
    if not tokens:
        return Look(step.system_name, step.dataset, None, "The tokens of this subject have expired.")
    try:
        seen = listing.compare(listing.probe_config(step.system), machinery.target_of(step), tokens)
    except listing.NotListable as error:
        return Look(step.system_name, step.dataset, None, str(error))
    except connectors.ConnectorError as error:
        return Look(step.system_name, step.dataset, None, str(error)[:300], retry=True)
    return Look(step.system_name, step.dataset, seen.count, TOKENS_ONLY)


def _special(step: Step) -> Look | None:
    """What is not looked for: data kept by law, and systems that only a person can look into."""
    if step.verdict == Verdict.EXEMPT:
        return Look(step.system_name, step.dataset, None, "Kept by law, so it is not looked for.", skipped=True)
    if step.system is not None and not isinstance(registry.kinds().get(step.kind), connectors.Erasable):
        return Look(step.system_name, step.dataset, None, "Attested by hand; a person would look.", skipped=True)
    return None


def _lineage(step: Step) -> Look:
    hits = own_lineage.query_again(step)
    return Look(step.system_name, step.dataset, hits, "Searched in events, archives and what is derived from them.")


def _judged(step: Step) -> Look:
    connector, config = machinery.reach(step.system, step.kind)
    found = machinery.found_of(step) or connectors.Found(0)
    target, subject = machinery.target_of(step), machinery.subject_of(step.request)
    readings = machinery.all_probes(connector, config, target, subject, found)
    left = connector.residuals(config, target, subject, found, today=now().date())
    residuals = [machinery.kept_residual(each) for each in left]
    probes = {name: Probe(None, each.hits, each.reason) for name, each in readings.items()}
    judgement = judge(probes, machinery.residuals_from(residuals))
    if judgement.verdict is Verdict.FAILED:
        return Look(step.system_name, step.dataset, _hits(readings), judgement.sentence)
    return _still_gone(step, judgement, residuals)


def _still_gone(step: Step, judgement: Judgement, residuals: list[dict[str, Any]]) -> Look:
    """Clean, unless a copy that was to be gone by a day is seen after that day."""
    overdue = step.until is not None and now().date() > step.until
    outlived = [each["where"] for each in residuals if overdue and each["hits"]]
    if outlived:
        return Look(step.system_name, step.dataset, len(outlived), f"A copy outlived its promised end: {outlived[0]}.")
    return Look(step.system_name, step.dataset, 0, judgement.sentence)


def _hits(readings: dict[str, connectors.Probe]) -> int:
    """How often any probe finds the subject; a failure without hits (a copy without an end) counts once."""
    return max([each.hits or 0 for each in readings.values()], default=0) or 1
