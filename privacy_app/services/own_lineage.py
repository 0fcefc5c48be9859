"""The portal's own lineage as a system of every plan: pipelines write SQL, parameters and errors, and people into them.

It has no data system in the catalog, so it is a step of the portal itself; what it does is lineage's own redaction.
"""

from typing import Any

from lineage_app import services as lineage
from portal.core.connectors import base as connectors
from portal.core.identity.actors import system_actor
from privacy_app.domain.plan import Origin, Place
from privacy_app.domain.verdict import Judgement, Probe, Verdict, judge
from privacy_app.models import Request, Step
from privacy_app.services import machinery

KIND = "lineage"
_TOO_SHORT = "No identifier is long enough to be looked for in texts."
_NO_RAW = (
    "the portal's own database files are not scanned; old versions of rows go with the VACUUM after the redaction, "
    "the write-ahead log and backups when they are rotated"
)


def planned(request: Request) -> Step:
    """The step before it is saved; `seen` counts, since that reads every event."""
    preview = {
        "why": "what pipelines wrote into lineage events may name the subject",
        "delete_by": "replacing the identifiers in events, archives and everything derived from them",
        "probes": [{"name": "raw", "runs": False, "reason": _NO_RAW}],
    }
    return Step(
        request=request,
        place=Place.PORTAL,
        origin=Origin.PORTAL,
        system_name=KIND,
        kind=KIND,
        dataset="lineage events",
        preview=preview,
    )


def seen(step: Step) -> dict[str, Any]:
    """What a plan shows: how many events, archived events and rows name the subject now. Reads all of them."""
    looked_for = sought(step.request)
    if not looked_for:
        return {"count": 0, "baseline": {"logical": {"hits": None, "reason": _TOO_SHORT}}}
    found = lineage.mentions(looked_for)
    baseline = {
        "logical": {"hits": found.events + found.rows, "reason": ""},
        "decoded": {"hits": found.archived, "reason": ""},
        "raw": {"hits": None, "reason": _NO_RAW},
    }
    return {"count": found.total, "baseline": baseline}


def run(step: Step) -> Judgement:
    """Redact, look again, and judge; safe to run twice. Raises ConnectorError where somebody is at the archives."""
    looked_for = sought(step.request)
    if not looked_for:
        return Judgement(Verdict.NOT_PROBED, _TOO_SHORT)
    before = _before(step, looked_for)
    try:
        done = lineage.redact(looked_for, actor=system_actor("privacy.propagation"), reference=step.request.req_id)
    except lineage.ArchiveBusy as error:
        raise connectors.ConnectorError(str(error)) from error
    lineage.vacuum()
    left = lineage.mentions(looked_for)
    events = lineage.redacted_so_far(step.request.req_id)
    archives = int(step.amounts.get("archives", 0)) + done.archives
    step.amounts = {"rows": events, "archives": archives}
    step.probes = {
        "logical": {"before": before["logical"], "after": left.events + left.rows},
        "decoded": {"before": before["decoded"], "after": left.archived},
        "raw": {"before": None, "after": None, "reason": _NO_RAW},
    }
    return _judged(step, events, archives)


def query_again(step: Step) -> int:
    """Return how many events, archived events and rows name the subject now."""
    looked_for = sought(step.request)
    return lineage.mentions(looked_for).total if looked_for else 0


def sought(request: Request) -> list[str]:
    """The identifiers that can be searched for in texts, in clear: in memory only."""
    values = machinery.subject_of(request).identifiers.values()
    return lineage.searchable(each for kind in values for each in kind)


def _before(step: Step, looked_for: list[str]) -> dict[str, int]:
    """What the first attempt saw; a later one finds less, and says the same."""
    if step.probes:
        return {name: step.probes[name]["before"] for name in ("logical", "decoded")}
    found = lineage.mentions(looked_for)
    seen = {"logical": found.events + found.rows, "decoded": found.archived}
    step.probes = {name: {"before": count} for name, count in seen.items()}
    Step.objects.filter(pk=step.pk, fence=step.fence).update(probes=step.probes)
    return seen


def _judged(step: Step, events: int, archives: int) -> Judgement:
    judgement = judge(
        {name: Probe(one["before"], one["after"], one.get("reason", "")) for name, one in step.probes.items()}
    )
    if judgement.verdict is not Verdict.NOT_PROBED:
        return judgement
    files = f"{archives} archive{'' if archives == 1 else 's'}"
    text = f"Lineage events: {events} redacted, {files} rewritten; a scan finds none. {judgement.sentence}"
    return Judgement(Verdict.NOT_PROBED, text)
